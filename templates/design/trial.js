// Only for those who try a draft: how long each page is looked at, and a remark at each question.
// What is measured goes out with the form, in a field the families' script sends along anyway.
(() => {
  const doc = document, form = doc.querySelector('#f'), field = doc.querySelector('[name=_code]');
  if (!doc.documentElement.classList.contains('js')) return;
  const make = (tag, text = '', props = {}) => Object.assign(doc.createElement(tag), { textContent: text }, props);

  // --- time per page, only while somebody can see it
  const spent = {};
  let page, since = performance.now();
  const look = () => {
    const now = performance.now(), seen = [...form.querySelectorAll('section')].find(section => !section.hidden);
    if (page) spent[page] = (spent[page] || 0) + (now - since) / 1000;
    since = now;
    page = seen && !doc.hidden ? seen.id : '';
    field.value = JSON.stringify(Object.fromEntries(Object.entries(spent).map(([name, seconds]) => [name, Math.round(seconds * 10) / 10])));
  };
  new MutationObserver(look).observe(form, { subtree: true, attributeFilter: ['hidden'] });
  for (const kind of ['click', 'submit', 'visibilitychange']) doc.addEventListener(kind, look, true);
  look();

  // --- a remark at each question, and on the whole
  const remark = (box, question, words) => {
    const area = make('textarea', '', { rows: 3, maxLength: 2000, ariaLabel: 'Ihre Anmerkung' });
    const send = make('button', 'Anmerkung schicken', { type: 'button', className: 'b' }), said = make('p', '', { className: 'h' });
    said.setAttribute('role', 'status');
    send.onclick = async () => {
      if (!area.value.trim()) { area.focus(); return; }
      send.disabled = true;
      let fine = false;
      try {
        fine = (await fetch({{ address|tojson }}, { method: 'POST', body: new URLSearchParams({ question, text: area.value }), credentials: 'omit' })).ok;
      } catch { /* said below */ }
      send.disabled = false;
      said.textContent = fine ? 'Danke, das ist angekommen.' : 'Das ist nicht angekommen. Ihr Text steht noch hier.';
      if (fine) area.value = '';
    };
    const details = make('details', '', { lang: 'de', dir: 'ltr' });
    details.append(make('summary', words), area, send, said);
    box.append(details);
  };
  for (const box of doc.querySelectorAll('#f .q')) remark(box, box.id.slice(2), 'Anmerkung zu dieser Frage');
  new MutationObserver(() => {
    const box = doc.querySelector('main #q-:empty');
    if (box) remark(box, '', 'Anmerkung zum Ganzen');
  }).observe(doc.querySelector('main'), { childList: true });
})();
