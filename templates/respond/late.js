// The page after a wave's end: sends what still waits on this phone. The questionnaire itself is not served any more.
(() => {
  const one = selector => document.querySelector(selector), main = one('main'), { dataset } = document.body;
  const words = JSON.parse(dataset.t), wave = dataset.w, says = document.createElement('div');
  let draft, attempt = 0, timer, busy;
  try { draft = JSON.parse(localStorage[wave] || null); } catch { /* nothing is kept here */ }
  if (!draft) return;
  const forget = () => {
    localStorage.removeItem(wave);
    const sw = navigator.serviceWorker;
    if (sw) sw.ready.then(({ active }) => active.postMessage([location.origin + dataset.a, draft.key]));
  };
  // Within the grace period a page that is still open somewhere may send them; later nobody can.
  if (!draft.pairs) { if (!dataset.g) forget(); return; }
  const tell = (text, ...more) => {
    const title = Object.assign(document.createElement('h2'), { textContent: text, tabIndex: -1 });
    says.className = 'w';
    says.replaceChildren(title, ...more);
    main.prepend(says);
    title.focus();
  };
  const again = document.createElement('button');
  again.textContent = words.try_now;
  again.onclick = () => { attempt = 0; send(); };
  const send = async () => {
    if (busy) return;
    busy = again.disabled = true;
    clearTimeout(timer);
    let answer = {};
    try {
      const reply = await fetch(dataset.a, {
        method: 'POST', body: new URLSearchParams(draft.pairs), headers: { Accept: 'application/json' }, credentials: 'omit',
      });
      answer = await reply.json();
    } catch { /* no network: it waits */ }
    busy = again.disabled = false;
    const { state, message, thanks } = answer;
    if (thanks) {
      forget();
      main.innerHTML = thanks;
      one('#key').textContent = draft.key;
      one('h1').focus();
    } else if (/closed|withdrawn|conflict|version|invalid|code/.test(state)) {
      forget();
      tell(message || words.closed_late);
    } else {
      timer = setTimeout(send, Math.min(300, 2 ** ++attempt) * (750 + Math.random() * 500));
      if (attempt === 1) tell(message || words.waiting, again);
    }
  };
  addEventListener('online', again.onclick);
  send();
})();
