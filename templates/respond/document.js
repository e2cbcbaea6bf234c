// The family's page: paging, conditions, saving on the phone, sending. No dependency; inlined and minified.
// Every byte is paid for on a weak line, so this stays small: the first answer must fit into 14,600 bytes.
// The server writes the page's sentences into it: words.next becomes "Weiter", "Next", …
(() => {
  const doc = document, body = doc.body;
  const one = (selector, root = doc) => root.querySelector(selector);
  const all = (selector, root = doc) => [...root.querySelectorAll(selector)];
  const form = one('#f'), main = one('main'), live = one('#live'), bar = one('progress'), footer = one('footer');
  // A form's own properties give way to fields of their name („action“, „hidden“), so none of them is used.
  const here = location.origin + form.getAttribute('action');
  const wave = body.dataset.w, kiosk = /[?&]kiosk=/.test(location.search);
  // Chrome 92, Firefox 119, Safari 15.4 have both; what is older is led to the page without script, which asks the same.
  if (![].at || !('ariaPressed' in body)) return;
  doc.documentElement.className += ' js';

  const make = (tag, text = '', props = {}) => Object.assign(doc.createElement(tag), { textContent: text }, props);
  const button = (text, onclick, className = '') => make('button', text, { type: 'button', onclick, className });
  const within = (node, ...children) => { node.append(...children); return node; };
  const headline = text => make('h1', text);
  const say = text => { live.textContent = text; };
  const fill = (text, facts) => text.replace(/{(\w+)}/g, (_, name) => facts[name]);
  const focus = node => { node.tabIndex = -1; node.focus(); };
  // What nobody sees waits until the page is drawn: a tap must be answered within a frame, also on a slow phone.
  const drawn = act => requestAnimationFrame(() => setTimeout(act));
  const top = root => { focus(one('h1,h2', root)); scrollTo(0, 0); };

  // --- what is kept on this device ---------------------------------------------------------------------------
  const footnote = one('#fd');
  const keep = value => {
    try {
      if (value && !kiosk) localStorage[wave] = JSON.stringify(value); else delete localStorage[wave];
    } catch { footnote.textContent = words.not_saved; }
  };
  const recall = () => {
    try { return !kiosk && JSON.parse(localStorage[wave] || null); } catch { footnote.textContent = words.not_saved; }
  };
  // 113 random bits; small letters and digits only, because some people copy the code by hand.
  let key = Array.from(crypto.getRandomValues(new Uint8Array(22)), byte => (byte % 36).toString(36)).join('');

  // --- what would be long to send ----------------------------------------------------------------------------
  const placeField = one('[data-place]');
  if (placeField) {
    const [areas, ...parts] = placeField.dataset.place.split(';').map(part => part.split('|'));
    for (const [label, area, ...names] of parts) {
      placeField.append(within(make('optgroup', '', { label }),
        ...names.map(name => make('option', name || label, { value: areas[area] }))));
    }
  }
  // A section for each child there may be, from one mould.
  for (const mould of all('template[data-bands]')) {
    const [over, ...bands] = mould.dataset.bands.split(' ');
    for (const band of bands) {
      const ages = one('span', one(`[name="${over}.${band}"]`).parentNode).textContent;
      JSON.parse(mould.dataset.titles).forEach((title, i) => {
        mould.insertAdjacentHTML('beforebegin', fill(mould.innerHTML, { band, number: i + 1 }));
        const made = mould.previousElementSibling;
        for (const heading of all('h2', made)) heading.textContent = fill(title, { ages });
        for (const q of all('[data-b]', made)) if (!q.dataset.b.split(' ').includes(band)) q.remove();
      });
    }
  }

  // --- the worker: keeps what waits also while this page is closed, and the page for when there is no network ----
  const sw = navigator.serviceWorker, more = make('p');
  const hand = (...note) => sw && sw.ready.then(({ active }) => active.postMessage([here, ...note]));
  if (sw) {
    sw.onmessage = ({ data: [from, note, answer] }) => {
      if (from === key) if (answer) settle(answer); else more.textContent = note;
    };
    setTimeout(() => sw.register(here + '/dienst.js', { scope: here }).catch(() => {}), 1e3);
  }

  // --- what is shown -----------------------------------------------------------------------------------------
  const isChoice = field => /radio|checkbox/.test(field.type);
  // What never changes is looked up once.
  const fields = all('[name]', form).filter(field => field.name[0] !== '_').map(field => {
    field.part = field.name.split('.')[0] + '.';
    field.choice = isChoice(field);
    return field;
  });
  const testOf = node => JSON.parse(node.dataset.if || null);
  const sections = all('section', form);
  const questions = sections.flatMap(section => {
    section.test = testOf(section);
    return section.inside = all('.q', section).map(node => (
      { node, id: node.id.slice(2), test: testOf(node), section, names: all('[name]', node).map(field => field.name) }));
  });
  // All parts of a question are meant by „name.“, one field by its whole name.
  let values, typed;
  const given = part => values[part] || [];
  const sum = part => given(part).reduce((total, value) => total + +value, 0);
  const tests = {
    '&': parts => parts.every(holds),
    '|': parts => parts.some(holds),
    '!': parts => !holds(parts[0]),
    '@': ([areas]) => placeField && areas.includes(placeField.value),
    '=': ([part, codes]) => given(part).some(value => codes.includes(+value)),
    '>': ([part, n]) => given(part)[0] && sum(part) >= n,
    '?': ([part]) => given(part)[0],
    '~': ([band, bands]) => bands.includes(band),
    '#': ([part, n, room, choice]) =>
      sum(part) >= n && !sections.filter(section => section.on && section.className)[values[choice] ? 0 : room],
  };
  function holds([kind, ...parts]) { return !!tests[kind](parts); }

  // Hidden questions lose their answers for the conditions that follow, exactly as on the server.
  const update = () => {
    values = Object.create(null);
    typed = {};
    for (const field of fields) {
      const value = (!field.choice || field.checked) && field.value.trim();
      if (!value) continue;
      for (const part of [field.name, field.part]) (values[part] = values[part] || []).push(value);
      // Many Orte share a Sozialraum; only this phone knows which one it was.
      typed[field.name] = field === placeField ? [field.selectedIndex] : values[field.name];
    }
    for (const section of sections) section.on = 0;
    for (const section of sections) {
      section.on = !section.test || holds(section.test);
      section.open = !section.test && !section.inside[0];
      for (const { node, id, test, names, clear } of section.inside) {
        if (node.hidden = !section.on || test && !holds(test)) for (const name of [...names, id + '.']) delete values[name];
        else section.open = true;
        if (clear) clear.hidden = !values[id + '.'];
      }
    }
  };

  // --- pages -------------------------------------------------------------------------------------------------
  let current = sections[0], finished = false;
  const path = () => sections.filter(section => section.open);
  const beside = by => path()[path().indexOf(current) + by];
  const back = button(words.back, () => { show(beside(-1)); history.replaceState(current.id, ''); save(); }, 'b');
  const next = button('', () => forward());
  const nav = within(make('nav'), within(make('div'), back, next));
  const show = (section, quiet) => {
    current = section;
    for (const other of sections) other.hidden = other !== section;
    const pages = path(), at = pages.indexOf(section), last = pages.length - 1;
    bar.value = at / last;
    back.hidden = !at;
    next.textContent = at ? at === last ? words.send : words.next : words.start;
    doc.title = one('h1,h2', section).textContent;
    if (!quiet) top(section);
    drawn(() => {
      if (!quiet) say(fill(words.step_of, { page: at + 1, pages: last + 1 }));
      // While this page is read, the next one is laid out; where „until-found“ is unknown it stays hidden.
      const ahead = beside(1);
      if (ahead) {
        ahead.hidden = 'until-found';
        ahead.firstChild.offsetTop;
      }
    });
  };
  const forward = () => {
    const wrong = all('[data-low]', current).find(field => !field.closest('[hidden]') && !fits(field));
    if (wrong) { wrong.reportValidity(); return; }
    if (!beside(1)) { send(); return; }
    show(beside(1));
    save();
    const { id } = current;
    drawn(() => history.pushState(id, ''));
  };
  onpopstate = ({ state }) => {
    if (finished) return;
    update();
    show(path().find(section => section.id === state) || sections[0]);
  };

  // --- fields ------------------------------------------------------------------------------------------------
  const fits = field => {
    const { low, high } = field.dataset;
    // Arabic and Persian keyboards have digits of their own.
    const value = field.value = field.value.trim().replace(/[٠-٩۰-۹]/g, digit => digit.charCodeAt() & 15);
    const fine = /^\d*$/.test(value) && (!value || (+value >= low && +value <= high));
    field.setCustomValidity(fine ? '' : fill(words['error_not-a-number'], { low, high }));
    return fine;
  };
  const redraws = [];
  const changed = () => { update(); save(); };
  const redraw = () => { for (const draw of redraws) draw(); };

  main.oninput = ({ target }) => { if (!isChoice(target)) changed(); }; // of a choice, „change“ tells as well
  main.onsubmit = event => { event.preventDefault(); forward(); };
  // A choice that excludes others, and „höchstens N“.
  main.onchange = ({ target }) => {
    const q = target.closest('.q'), limit = one('[data-max]', q);
    if (target.type === 'checkbox' && target.checked) {
      const boxes = all('[type=checkbox]:checked', q).filter(box => box !== target);
      for (const box of boxes) if ('x' in target.dataset || 'x' in box.dataset) box.checked = false;
      if (limit && boxes.filter(box => box.checked).length >= limit.dataset.max) {
        target.checked = false;
        say(limit.textContent);
      }
    }
    if (target.dataset.low) fits(target);
    changed();
  };

  // A choice can be taken back.
  for (const question of questions) {
    const { node } = question;
    if (one('[type=radio],.r,[data-place]', node)) {
      node.append(question.clear = button(words.clear, () => {
        for (const field of all('input,select', node)) {
          if (isChoice(field)) field.checked = false; else field.value = '';
        }
        redraw();
        changed();
        focus(node);
      }, 'b x'));
    }
  }

  // Minus and plus beside a count.
  for (const field of all('[data-low]')) {
    const label = field.closest('label'), text = label ? one('span', label).textContent : '';
    const step = (sign, name, by) => within(label ? label.parentNode : field.parentNode, button(sign, () => {
      field.value = Math.min(field.dataset.high, Math.max(field.dataset.low, +field.value + by || 0));
      fits(field);
      changed();
      say(text + ' ' + field.value);
    }, 'b pm')).lastChild.ariaLabel = text + ' ' + name;
    step('−', words.fewer, -1);
    step('+', words.more, 1);
  }

  // Ranking: tap in order; tap again to take back. The selects stay the form's fields.
  for (const box of all('.r')) {
    const selects = all('select', box);
    const chosen = () => selects.map(select => select.value).filter(Boolean);
    const rows = [...selects[0].options].slice(1).map(option => {
      const alone = 'x' in option.dataset, text = option.text.trim();
      const row = within(button('', () => {
        let codes = chosen().filter(code => code !== option.value);
        if (codes.length === chosen().length) {
          if (alone) codes = [];
          codes = codes.filter(code => !('x' in one(`[value="${code}"]`, selects[0]).dataset));
          codes.push(option.value);
        }
        if (codes.length > selects.length) { say(box.previousElementSibling.textContent); return; }
        selects.forEach((select, i) => { select.value = codes[i] || ''; });
        draw();
        changed();
        const number = codes.indexOf(option.value) + 1;
        say(number ? fill(words.chosen_rank, { number, label: text }) : words.clear);
      }, 'o'), make('i'), text);
      row.value = option.value;
      return row;
    });
    const draw = () => {
      for (const row of rows) {
        const number = chosen().indexOf(row.value) + 1;
        row.ariaPressed = !!number;
        row.firstChild.textContent = number || '';
      }
    };
    for (const label of all('label', box)) label.hidden = true;
    box.append(...rows);
    redraws.push(draw);
    draw();
  }

  // Where people live: type, then tap. The list itself stays the form's field.
  if (placeField) {
    const fold = text => text.toLowerCase().replace(/ß/g, 'ss').normalize('NFD').replace(/[^a-z0-9 ]/g, '');
    const entries = [...placeField.options].slice(1).map((option, i) => {
      const group = option.parentNode.label || '', name = option.text.trim();
      const label = group && group !== name ? `${name} (${group})` : name;
      return { option, label, folded: ' ' + fold(label), fixed: i < 2 };
    });
    const input = make('input', '', { placeholder: words.search_place });
    input.setAttribute('aria-labelledby', placeField.getAttribute('aria-labelledby'));
    const list = make('div');
    const choose = entry => { entry.option.selected = true; input.value = ''; draw(); changed(); };
    const hits = () => {
      if (self.findPlaces) return findPlaces(input, entries);
      const typed = fold(input.value);
      return typed[1] ? entries.filter(entry => !entry.fixed && entry.folded.includes(' ' + typed)).slice(0, 6) : [];
    };
    const draw = () => {
      const found = hits(), now = placeField.selectedOptions[0];
      list.replaceChildren(...[...new Set([...found, ...entries.filter(entry => entry.fixed || entry.option === now)])]
        .sort((a, b) => a.fixed - b.fixed).map(entry => {
          const row = button(entry.label, () => { choose(entry); list.firstChild.focus(); }, 'o');
          row.ariaPressed = entry.option === now;
          return row;
        }));
      return found;
    };
    input.oninput = event => {
      event.stopPropagation();
      placeField.value = '';
      say(draw().map(entry => entry.label).join(', ') || live.textContent);
    };
    input.onkeydown = event => {
      if (event.key === 'Enter') {
        event.preventDefault();
        if (hits()[0]) choose(hits()[0]);
      }
    };
    placeField.before(input, list);
    placeField.hidden = true;
    redraws.push(draw);
    draw();
  }

  // --- saving and coming back ----------------------------------------------------------------------------------
  const save = pairs => {
    if (!finished) keep({ at: Date.now(), key, answers: typed, page: current.id, pairs });
  };
  const restore = draft => {
    key = draft.key;
    const kept = new Map(Object.entries(draft.answers));
    for (const field of fields) {
      const values = kept.get(field.name) || [];
      if (field.choice) field.checked = values.includes(field.value);
      else if (values[0]) field[field === placeField ? 'selectedIndex' : 'value'] = values[0];
    }
    redraw();
    update();
    show(path().find(section => section.id === draft.page) || sections[0]);
    history.pushState(current.id, '');
  };
  const again = () => { keep(); location.reload(); };
  const end = (...nodes) => { finished = true; keep(); nav.remove(); wipe.remove(); main.replaceChildren(...nodes); top(main); };
  const wipe = button(words.delete_here, () => { hand(kiosk && key); end(headline(words.deleted_here), button(words.resume_no, again)); }, 'b x');
  footer.append(wipe);

  // --- sending -------------------------------------------------------------------------------------------------
  let attempt = 0, timer, busy;
  const note = make('div', '', { id: 'err' });
  const tell = (...nodes) => {
    note.className = 'w';
    note.replaceChildren(...nodes);
    live.after(note);
    top(note);
  };
  const send = () => {
    update();
    const pairs = Object.entries(values).filter(([name]) => name.slice(-1) !== '.')
      .flatMap(([name, list]) => list.map(value => [name, value]));
    for (const name of ['_hash', '_lang', '_door', '_code']) {
      const field = one(`[name=${name}]`);
      if (field && field.value) pairs.push([name, field.value]);
    }
    pairs.push(['_key', key]);
    save(pairs);
    deliver(pairs);
  };
  const deliver = async pairs => {
    if (busy || finished) return;
    busy = next.disabled = true;
    say(words.sending);
    hand(key, pairs);
    let answer = {};
    const stop = new AbortController(), limit = setTimeout(() => stop.abort(), 2e4);
    try {
      const reply = await fetch(here, {
        method: 'POST', body: new URLSearchParams(pairs), headers: { Accept: 'application/json' },
        signal: stop.signal, credentials: 'omit',
      });
      answer = await reply.json();
    } catch { /* no network, or somebody else answered: it waits */ }
    clearTimeout(limit);
    busy = next.disabled = false;
    settle(answer, pairs);
  };
  const settle = ({ state, message, problems, thanks }, pairs) => {
    if (finished) return;
    clearTimeout(timer);
    if (thanks) thank(thanks);
    else if (/invalid|code/.test(state)) correct(problems);
    else if (/closed|withdrawn|conflict|version/.test(state)) {
      save();
      // A version nobody knows any more: the page is to be loaded anew, with the answers.
      tell(headline(message), /v/.test(state) ? '' : button(words.resume_no, again));
    } else wait(pairs, message);
  };
  const thank = innerHTML => {
    hand(key);
    end(make('div', '', { innerHTML }));
    bar.value = 1;
    one('#key').textContent = key;
    if (navigator.clipboard) {
      const copy = button(words.copy, () => navigator.clipboard.writeText(key).then(() => { copy.textContent = words.copied; }), 'b');
      one('#dc').append(copy, ' ');
    }
    one('#dc').append(button(words.print, () => print(), 'b'));
  };
  const correct = problems => {
    save();
    const list = make('ul');
    let first;
    for (const { question, message } of problems) {
      const found = questions.find(({ id }) => id === question);
      first = first || found;
      within(list, within(make('li'), found ? make('a', message, { href: '#q-' + question }) : message));
    }
    show(first ? first.section : current, true);
    tell(headline(words.problems_title), make('p', words.nothing_lost), list);
  };
  note.onclick = event => {
    const found = questions.find(({ id }) => event.target.hash === '#q-' + id);
    if (found) { event.preventDefault(); show(found.section, true); focus(found.node); }
  };
  const wait = (pairs, message) => {
    hand(key, pairs, 1);
    const retry = () => { attempt = 0; deliver(pairs); };
    timer = setTimeout(() => deliver(pairs), Math.min(300, 2 ** ++attempt) * (750 + Math.random() * 500));
    if (attempt === 1) {
      tell(headline(message || words.waiting), make('p', footnote.textContent || words.waiting_days), more, button(words.try_now, retry));
    }
    ononline = retry;
  };

  const cover = on => { for (const node of [form, nav]) node.toggleAttribute('hidden', on); };

  // --- start -----------------------------------------------------------------------------------------------------
  body.append(nav);
  // Another language keeps the door; a shared tablet stays one.
  for (const link of all('.l a')) link.search += location.search.replace('?', '&').replace(/&lang=[^&]*/, '');
  // One page is shown at a time, so its title is the first heading.
  for (const title of all('section>h2')) Object.assign(title, { role: 'heading', ariaLevel: 1 });
  update();
  const draft = recall();
  show(sections[0], true);
  if (draft && draft.pairs) {
    restore(draft);
    deliver(draft.pairs);
  } else if (draft && Date.now() - draft.at < 6048e5 && Object.keys(draft.answers)[0]) {
    const ask = within(make('div', '', { className: 'w' }), headline(words.resume),
      button(words.resume_yes, () => { ask.remove(); cover(false); restore(draft); }), ' ',
      button(words.resume_no, again, 'b'));
    cover(true);
    live.after(ask);
  } else keep();
  // What is only nice to have comes when this page is at rest. Who comes this far needs not be led elsewhere (old.js).
  onload = () => setTimeout(() => body.append(make('script', '', { src: body.dataset.x })), 1e3);
})();
