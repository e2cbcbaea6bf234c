// Staff ask aloud: pages with sensitive questions are handed over to the person, and nobody comes back to them.
// `secret` are the ids of sensitive questions. The server writes the page's sentences into it, as in document.js.
secret => {
  const doc = document, form = doc.querySelector('#f'), main = doc.querySelector('main');
  // Looked for each time: sections of children come while the questionnaire is filled in.
  const sections = () => [...form.querySelectorAll('section')];
  const isOwn = section => section && secret.some(id => section.contains(doc.getElementById('q-' + id)));
  const current = () => form.isConnected && !form.hasAttribute('hidden') ? sections().find(section => !section.hidden) : null;
  const make = (tag, text, props = {}) => Object.assign(doc.createElement(tag), { textContent: text }, props);

  // Over everything, until somebody says that the device has changed hands.
  const notice = make('dialog', '', { className: 'hand' });
  notice.setAttribute('aria-labelledby', 'hand');
  notice.oncancel = event => event.preventDefault();
  notice.onclose = () => { if (notice.isConnected) notice.showModal(); };  // a second Escape closes all the same
  const hand = (title, ...lines) => {
    const go = make('button', words.next, { type: 'button', onclick: () => { notice.remove(); notice.close(); } });
    notice.replaceChildren(make('h1', title, { id: 'hand' }), ...lines.map(line => make('p', line)), go);
    doc.body.append(notice);
    if (!notice.open) notice.showModal();
    go.focus();
  };

  let shown = current();
  const turned = () => {
    let now = current();
    if (now === shown) return;
    const before = shown, backwards = sections().indexOf(now) < sections().indexOf(before);
    // The way back leads past what was answered alone, unless the server found something to change there.
    if (isOwn(now) && !isOwn(before) && before && backwards && !doc.querySelector('#err')) {
      while (isOwn(now)) {
        doc.querySelector('nav .b').click();
        now = current();
      }
    }
    shown = now;
    if (isOwn(now) && !isOwn(before)) hand(words.assisted_alone_title, words.assisted_give, words.assisted_alone);
    else if (isOwn(before) && now && !isOwn(now)) hand(words.assisted_back_title, words.assisted_back);
    else if (!form.isConnected && doc.querySelector('#key')) {
      hand(words.code_title, words.assisted_give);
      // Whoever has the code can delete the answers; so it is gone before the device goes back.
      const title = make('h1', words.assisted_back_title, { tabIndex: -1 });
      const back = () => { main.replaceChildren(title); title.focus(); };
      main.append(make('button', words.finished_here, { type: 'button', className: 'b', onclick: back }));
    }
  };
  new MutationObserver(turned).observe(main, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden'] });
  turned();
}
