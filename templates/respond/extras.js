// Extras of the family's page, asked for when it is at rest. Everything works without them.
// `data` is what the server knows: sentences, style rules, postcodes of the places in the order of the list.
data => {
  const doc = document, root = doc.documentElement, body = doc.body, { words } = data;
  const one = (selector, from = doc) => from.querySelector(selector);
  const all = (selector, from = doc) => [...from.querySelectorAll(selector)];
  const make = (tag, text = '', props = {}) => Object.assign(doc.createElement(tag), { textContent: text }, props);
  const fill = (text, facts) => text.replace(/{(\w+)}/g, (_, name) => facts[name]);
  // On a weak line thanks may be there before this: then there is no form any more.
  const form = one('#f') || make('form'), main = one('main'), live = one('#live'), { language } = data;
  const shared = new URLSearchParams(location.search).has('kiosk');
  const current = () => all('section', form).find(section => !section.hidden);

  // The policy of the page lets no style sheet in; rules added to its own one are no sheet.
  const sheet = doc.styleSheets[0];
  for (const rule of data.css) {
    try { sheet.insertRule(rule, sheet.cssRules.length); } catch { /* an older browser does without */ }
  }

  // --- where people live: typing errors, other spellings, postcodes, other alphabets -----------------------------
  const letters = text => Object.fromEntries(text.split(' ').map(pair => [pair[0], pair.slice(1)]));
  const cyrillic = letters('аa бb вw гg ґg дd еe ёjo єje жsch зs иi іi їi йj кk лl мm нn оo пp рr сs тt уu фf хh цz '
    + 'чtsch шsch щsch ъ ыi ь эe юju яja');
  const arabic = letters('اa أa إi آa بb تt ثt جg حh خch دd ذd رr زs سs شsch صs ضd طt ظs ع غg فf قk كk کk گg لl مm نn '
    + 'هh وu يi یi ىa ةa پp چtsch ژsch ء ئi ؤu ڤw');
  const inGerman = text => text.toLowerCase().replace(/[\u0400-\u06ff]/g, sign => {
    const digit = sign.charCodeAt(0) & 15;
    return /[٠-٩۰-۹]/.test(sign) ? digit : cyrillic[sign] ?? arabic[sign] ?? '';
  });
  // „Rhön“, „Rhoen“ and „Rhon“ are one; so are „Zella-Mehlis“ and „Zella Mehlis“.
  const fold = text => inGerman(text).replace(/ß/g, 'ss').normalize('NFD').replace(/[\u0300-\u036f]/g, '')
    .replace(/([aou])e/g, '$1').replace(/[^a-z0-9]+/g, ' ').trim();
  // As it sounds: what is often confused becomes the same letter.
  const sound = folded => folded.replace(/sch/g, 'x').replace(/ph|[vw]/g, 'f').replace(/[ea][ijy]/g, 'ai')
    .replace(/d?t|d(?=\b)/g, 't').replace(/c[kh]?|q/g, 'k').replace(/t?[zs]/g, 's').replace(/h/g, '')
    .replace(/ie|[jy]/g, 'i').replace(/(.)\1+/g, '$1');
  const skeleton = sounding => sounding.replace(/[aeiou]/g, '');

  // How many letters must be changed, left out, added or swapped until `typed` is how `name` begins.
  const errors = (typed, name) => {
    let before = [], row = [...Array(name.length + 1).keys()];
    for (let i = 1; i <= typed.length; i++) {
      const next = [i];
      for (let j = 1; j <= name.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (typed[i - 1] !== name[j - 1]));
        if (typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, row] = [row, next];
    }
    return Math.min(...row) + (name.length > typed.length + 2 ? 0.3 : 0);
  };
  const nearest = (typed, name) => {
    let next = 0;
    const starts = name.split(' ').map(word => (next += word.length + 1) - word.length - 1);
    return Math.min(...starts.map(start => errors(typed, name.slice(start)) + (start ? 0.2 : 0)));
  };

  const searchPlaces = () => {
    const field = one('[data-place]'), input = field && one('input:not([type])', field.parentNode);
    if (!input) return;
    const hint = make('p', '', { className: 'h' });
    let careful = false;
    input.placeholder = words.search_anywhere;
    input.after(hint);

    const byPostcode = (digits, places) => {
      const hits = places.filter(place => place.postcodes.some(code => code.startsWith(digits)));
      if (hits[1] && digits[4]) tell(fill(words.places_of_postcode, { postcode: digits }), hits);
      return digits[4] ? hits : hits.slice(0, 8);
    };
    const byName = (typed, places) => {
      const rank = ({ name }) => name === typed ? 0 : name.startsWith(typed) ? 1 : name.includes(' ' + typed) ? 2 : 3;
      return places.filter(({ name }) => name.includes(typed)).sort((a, b) => rank(a) - rank(b)).slice(0, 6);
    };
    const bySound = (typed, places, foreign) => {
      const bare = foreign === 'arabic' ? skeleton : sounding => sounding;
      // Without vowels less is left to tell names apart by.
      const wanted = bare(sound(typed)), length = wanted.length - (foreign === 'arabic' ? 2 : 0);
      const most = length < 4 ? 0.5 : length < 8 ? 1.6 : 2.6;
      const hits = places.map(place => [nearest(wanted, bare(sound(place.name))), place])
        .filter(([far]) => far <= most).sort((a, b) => a[0] - b[0]).slice(0, 6).map(([, place]) => place);
      if (hits[0] && wanted[2]) tell(words.similar_places, hits);
      return wanted[2] ? hits : [];
    };
    const tell = (text, hits = []) => {
      careful = !!hits[0];
      hint.textContent = text;
      const names = hits.length < 7 ? hits.map(({ entry }) => entry.label).join(', ') : '';
      // After the page itself has said what it found.
      if (text) queueMicrotask(() => { live.textContent = `${text} ${names}`; });
    };
    const placesOf = entries => entries.filter(entry => !entry.fixed).map((entry, i) => ({
      entry, name: fold(entry.label), postcodes: (data.postcodes[i] || '').split(' '),
    }));
    let places;
    self.findPlaces = (_, entries) => {
      places = places || placesOf(entries);
      const raw = input.value.trim(), typed = fold(raw);
      const foreign = /[\u0400-\u052f]/.test(raw) ? 'cyrillic' : /[\u0600-\u06ff]/.test(raw) && !/\d/.test(typed) ? 'arabic' : '';
      tell('');
      if (!typed[1]) return [];
      let hits = /^\d+$/.test(typed) ? byPostcode(typed, places) : byName(typed, places);
      if (!hits[0] && /\D/.test(typed)) hits = bySound(typed, places, foreign);
      if (!hits[0] && typed[2]) tell(foreign ? `${words.no_place_found} ${words.german_letters}` : words.no_place_found);
      return hits.map(({ entry }) => entry);
    };
    // Where several places fit, Enter leads to the list and decides nothing.
    input.addEventListener('keydown', event => {
      const first = one('button', hint.nextElementSibling);
      if (event.key !== 'Enter' || !careful || !first) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      first.focus();
    }, true);
  };

  // --- reading aloud, by voices of this device only ----------------------------------------------------------------
  const speech = self.speechSynthesis;
  const short = tag => tag.toLowerCase().split(/[-_]/)[0];
  // A voice that is not local would send the text away, so there is no other way to a voice than this one.
  const voiceFor = tag => speech.getVoices().find(voice => voice.localService === true && short(voice.lang) === short(tag));
  const reader = make('button', words.read_aloud, { type: 'button', className: 'b xb' });
  const BLOCKS = 'h1,h2,legend,p,li,label,summary,button,div';
  const SILENT = '[hidden],.v,.l,.x,.pm,.o i,select,script,template,.g,details:not([open])>:not(summary)';
  let reading = 0, marked;

  const blocksOf = from => {
    const walker = doc.createTreeWalker(from, NodeFilter.SHOW_TEXT), blocks = [];
    for (let node; (node = walker.nextNode());) {
      const parent = node.parentElement, block = parent.closest(BLOCKS);
      if (!node.data.trim() || parent.closest(SILENT) || !parent.getClientRects()[0]) continue;
      const last = blocks[blocks.length - 1], tag = parent.closest('[lang]').lang;
      if (last && last.block === block && last.tag === tag) last.nodes.push(node);
      else blocks.push({ block, tag, nodes: [node] });
    }
    return blocks;
  };
  const pieces = (text, tag) => {
    if (self.Intl && Intl.Segmenter) return [...new Intl.Segmenter(short(tag), { granularity: 'sentence' }).segment(text)];
    return [...text.matchAll(/[^.!?؟…]+[.!?؟…]*\s*/g)].map(found => ({ segment: found[0], index: found.index }));
  };
  const rangeOf = (nodes, start, end) => {
    const range = doc.createRange();
    let at = 0, begun = false;
    for (const node of nodes) {
      const here = at + node.data.length;
      if (!begun && start < here) { range.setStart(node, start - at); begun = true; }
      if (begun && end <= here) { range.setEnd(node, end - at); break; }
      at = here;
    }
    return range;
  };
  const sentencesOf = from => blocksOf(from).flatMap(({ block, tag, nodes }) =>
    pieces(nodes.map(node => node.data).join(''), tag).filter(({ segment }) => /[\p{L}\p{N}]/u.test(segment))
      .map(({ segment, index }) => ({
        block, tag, text: segment.trim(), range: rangeOf(nodes, index, index + segment.trimEnd().length),
      })));
  const mark = sentence => {
    if (marked) marked.classList.remove('xm', 'xf');
    marked = sentence && sentence.block;
    if (self.CSS && CSS.highlights) {
      if (sentence) CSS.highlights.set('read', new Highlight(sentence.range)); else CSS.highlights.delete('read');
    } else if (marked) marked.classList.add('xf');
    if (!marked) return;
    marked.classList.add('xm');
    marked.scrollIntoView({ block: 'nearest' });
  };
  const stop = () => {
    reader.setAttribute('aria-pressed', false);
    if (!reading) return;
    reading = 0;
    mark();
    speech.cancel();
  };
  const read = () => {
    stop();
    const sentences = sentencesOf(form.isConnected ? current() : main), run = reading = Date.now() + Math.random();
    reader.setAttribute('aria-pressed', true);
    const go = () => {
      if (run !== reading) return;
      const sentence = sentences.shift(), voice = sentence && voiceFor(sentence.tag);
      if (!sentence) { stop(); return; }
      if (!voice) { go(); return; }
      const saying = new SpeechSynthesisUtterance(sentence.text);
      Object.assign(saying, { voice, lang: voice.lang, rate: data.slow ? 0.8 : 0.95, onend: go });
      saying.onerror = () => { if (run === reading) stop(); };
      mark(sentence);
      speech.speak(saying);
    };
    go();
  };
  const offerReading = () => {
    if (!speech) return;
    const offer = () => { reader.hidden = !voiceFor(language); };
    // On the page that is open, nothing must move under the finger; on the start page nothing is tapped there.
    const place = () => {
      if (reader.isConnected) return;
      const bar = one('.g');
      if (bar) bar.prepend(reader); else one('progress').before(reader);
    };
    reader.onclick = () => (reading ? stop() : read());
    stop();
    offer();
    if (!form.isConnected || current() === one('section', form)) place();
    turned.push(stop, place);
    if (speech.addEventListener) speech.addEventListener('voiceschanged', offer); else speech.onvoiceschanged = offer;
    addEventListener('pagehide', stop);
    addEventListener('keydown', event => { if (event.key === 'Escape' && reading) stop(); });
  };

  // --- a page is turned, or thanks are shown -----------------------------------------------------------------------
  const turned = [];
  let shown = current();
  new MutationObserver(() => {
    const now = form.isConnected && !form.hasAttribute('hidden') ? current() : null;
    if (now === shown) return;
    shown = now;
    for (const act of turned) act();
  }).observe(main, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden'] });

  // --- „Einfach erklärt“: a drawing with each question; not on the page that is open, nothing may move there ----------
  const showPictures = () => {
    if (!data.pictures) return;
    const { drawings, of } = data.pictures, SVG = 'http://www.w3.org/2000/svg';
    const draw = () => {
      for (const legend of all('.q>legend', form)) {
        const drawing = drawings[of[legend.parentNode.id.slice(2).split('-')[0]]];
        if (!drawing || one('.xp', legend) || !legend.closest('[hidden]')) continue;
        const picture = doc.createElementNS(SVG, 'svg'), line = doc.createElementNS(SVG, 'path');
        picture.setAttribute('viewBox', '0 0 48 48');
        picture.setAttribute('class', 'xp');
        picture.setAttribute('aria-hidden', true);
        line.setAttribute('d', drawing);
        picture.append(line);
        legend.prepend(picture);
      }
    };
    draw();
    turned.push(draw);
  };

  // --- leaving: nothing of this page is to be seen again, nor by the way back ---------------------------------------
  const leaveFor = address => {
    stop();
    body.replaceChildren();
    onpageshow = () => location.replace(address);
    location.replace(address);
  };
  const leaveQuickly = () => {
    const link = one('.g a');
    if (!link) return;
    const away = () => {
      try { localStorage.removeItem(body.dataset.w); } catch { /* then nothing was kept either */ }
      doc.title = words.calendar;
      leaveFor(link.href);
    };
    let escaped = -1e4;
    link.onclick = event => { event.preventDefault(); away(); };
    addEventListener('keydown', event => {
      if (event.key !== 'Escape') return;
      if (event.timeStamp - escaped < 1500) away();
      escaped = event.timeStamp;
    });
  };

  // --- pages beside this one ---------------------------------------------------------------------------------------
  // Thanks with the code would be gone when a link is followed, and a shared tablet would stay at the other page.
  // So it is laid over this one; where there is no network nothing happens.
  const showBeside = () => {
    const leaf = make('dialog', '', { className: 'xl' });
    const close = make('button', words.back, { type: 'button', className: 'b', onclick: () => leaf.close() });
    leaf.setAttribute('aria-labelledby', 'xh');
    const exit = () => all('body>.g>a').map(link => {
      const box = make('div', '', { className: 'g' });
      box.append(Object.assign(link.cloneNode(true), { onclick: link.onclick }));
      return box;
    });
    const lay = async (address, sent) => {
      const reply = await fetch(address, sent && { method: 'POST', body: sent, credentials: 'omit' });
      const there = new DOMParser().parseFromString(await reply.text(), 'text/html'), { lang, dir } = there.documentElement;
      Object.assign(leaf, { lang, dir: dir || 'ltr' });
      one('h1', there).id = 'xh';
      leaf.replaceChildren(...exit(), close, ...one('main', there).childNodes);
      body.append(leaf);
      if (!leaf.open) leaf.showModal();
      leaf.scrollTop = 0;
      // Who deletes from here need not copy the code by hand.
      const field = one('[name=key]', leaf), code = one('#key');
      if (field && code && !sent) field.value = code.textContent;
    };
    addEventListener('click', event => {
      const link = event.target.closest('a');
      if (!link || link.origin !== location.origin || link.closest('.l,.g') || /^#/.test(link.getAttribute('href'))) return;
      if (!shared && !link.matches('main .t')) return;
      event.preventDefault();
      lay(link.href).catch(() => {});
    });
    leaf.onsubmit = event => {
      event.preventDefault();
      lay(event.target.getAttribute('action'), new URLSearchParams(new FormData(event.target))).catch(() => {});
    };
  };

  // --- a shared tablet: forget after a while without touch ----------------------------------------------------------
  const QUIET = 60, COUNTDOWN = 20;
  const shareTablet = () => {
    if (!shared) return;
    const params = new URLSearchParams(location.search), wish = params.get('kiosk');
    const home = data.languages.includes(wish) ? wish : language;
    const addressIn = tag => { params.set('lang', tag); params.set('kiosk', home); return `${location.pathname}?${params}`; };
    for (const link of all('.l a')) link.href = addressIn(new URLSearchParams(link.search).get('lang'));

    const asking = make('dialog', '', { className: 'xk' }), number = make('p', '', { className: 'xn' });
    const text = make('p', '', { id: 'xs' }), title = make('h2', words.still_there, { id: 'xt' });
    const stay = make('button', words.i_am_here, { type: 'button', id: 'stay' });
    number.setAttribute('aria-hidden', true);
    text.setAttribute('role', 'status');
    asking.setAttribute('role', 'alertdialog');
    asking.setAttribute('aria-labelledby', 'xt');
    asking.setAttribute('aria-describedby', 'xs');
    asking.append(title, text, number, stay);

    let touched = Date.now(), used = language !== home || !form.isConnected, asked = 0, span = 0;
    const slow = () => (data.slow || reading ? 2 : 1);
    const announce = left => {
      number.textContent = left;
      if (left === span || left === 10 || left === 5) text.textContent = fill(words.forget_soon, { seconds: left });
    };
    const ask = () => {
      asked = Date.now();
      span = COUNTDOWN * slow();
      body.append(asking);
      if (asking.showModal) asking.showModal(); else asking.setAttribute('open', '');
      announce(span);
      stay.focus();
    };
    // Without signal a new page would be the browser's own error; so nothing is shown until there is one.
    // What was sent and waits for signal is kept until it has arrived; its answers are covered meanwhile.
    const waiting = () => form.isConnected && all('#err button').some(one => one.textContent === words.try_now);
    const cover = () => { for (const node of [form, one('nav')]) node.setAttribute('hidden', ''); };
    const forget = async () => {
      clearInterval(watch);
      stop();
      asking.remove();
      body.replaceChildren(make('button', words.resume_no, { onclick: () => leaveFor(addressIn(home)) }));
      try {
        await fetch(addressIn(home));
        leaveFor(addressIn(home));
      } catch { setTimeout(forget, 1e4); }
    };
    const touch = () => { touched = Date.now(); used = true; };
    const goOn = () => {
      asked = 0;
      touch();
      if (asking.close) asking.close();
      asking.remove();
    };
    stay.onclick = goOn;
    asking.oncancel = goOn;
    for (const kind of ['pointerdown', 'keydown', 'input', 'wheel']) {
      addEventListener(kind, () => { if (!asked) touch(); }, { capture: true, passive: true });
    }
    const offerEnd = () => {
      if (form.isConnected || one('#xe')) return;
      main.append(make('button', words.finished_here, { type: 'button', id: 'xe', className: 'b', onclick: forget }));
    };
    offerEnd();
    turned.push(offerEnd);
    const watch = setInterval(() => {
      const now = Date.now(), left = Math.ceil(span - (now - asked) / 1e3);
      if (asked && left <= 0) forget();
      else if (asked) announce(left);
      else if (used && now - touched >= QUIET * 1e3 * slow()) waiting() ? cover() : ask();
    }, 1e3);
  };

  searchPlaces();
  offerReading();
  showPictures();
  leaveQuickly();
  showBeside();
  shareTablet();
}
