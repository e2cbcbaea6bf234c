// The page's helper on the phone, one per wave: keeps the questionnaire for when there is no network, and sends what
// waits also while the page is closed. Whatever it does, the server counts a key once.
// `words` (language → sentences) stands before this text; registration.scope is the address of the questionnaire.
const home = registration.scope, STORE = 'waiting', PATIENCE = 3e3, LIMIT = 2e4;
const FINAL = /^(stored|repeated|withdrawn|conflict|closed|version|invalid|code)$/;
const sleep = time => new Promise(resolve => { setTimeout(resolve, time); });
const isAt = (address, place) => address.split(/[?#]/)[0] === place;
const sentences = language => (Object.keys(words).includes(language) ? words[language] : {});
const pages = async place => {
  const open = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  return open.filter(({ url }) => isAt(url, place));
};

// --- what waits ------------------------------------------------------------------------------------------------
const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('familienstimme', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const once = async (mode, use) => {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode, { durability: 'strict' });
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally { base.close(); }
};
// Opened anew each time and tried twice: iOS closes connections behind our back, and those never work again.
const store = (mode, use) => once(mode, use).catch(() => once(mode, use));
const get = key => store('readonly', kept => kept.get(key));
const all = () => store('readonly', kept => kept.getAll());
const drop = key => store('readwrite', kept => kept.delete(key));
const dropAll = url => store('readwrite', kept => {
  const request = kept.openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if (cursor.value.url === url) cursor.delete();
    cursor.continue();
  };
  return request;
});

// A page says [address, key, fields]: keep this while I send it; and with a true value behind: it waits, send it when
// you can. [address, key]: it is settled; [address]: delete everything.
const take = async ({ data: [url, key, pairs, waits], source }) => {
  if (!key) return dropAll(url);
  if (!pairs) return drop(key);
  const item = { synced: false, at: 0, ...await get(key), key, url, pairs };
  const keep = () => store('readwrite', kept => kept.put(item));
  await keep();
  if (!waits) return;
  if (Date.now() - item.at > 6e4) {
    item.at = Date.now();
    item.synced = await registerSync(); // only now: the browser may ask for what waits at once
    await keep();
  }
  const copy = await findCopy(new URL(home)).catch(() => null), said = sentences(Object.fromEntries(pairs)._lang);
  source.postMessage([key, [item.synced && said.waiting_closed, copy && said.waiting_reopen].filter(Boolean).join(' ')]);
};
// A page that is ended while it sends cannot say that it waits.
const watch = async ({ data: [, key, pairs, waits] }) => {
  if (!pairs || waits) return;
  const end = Date.now() + LIMIT + 5e3;
  let left;
  do {
    await sleep(5e3);
    left = await get(key);
  } while (left && Date.now() < end);
  if (left && !left.synced) await deliver();
};
const registerSync = async () => {
  try {
    await registration.sync.register(STORE);
    return true;
  } catch { return false; }
};

// --- sending ---------------------------------------------------------------------------------------------------
// Throws without network; says whether the server has judged the answers.
const send = async ({ key, url, pairs }) => {
  const stop = new AbortController(), limit = setTimeout(() => stop.abort(), LIMIT);
  let answer;
  try {
    const reply = await fetch(url, {
      method: 'POST', body: new URLSearchParams(pairs), headers: { Accept: 'application/json' },
      signal: stop.signal, credentials: 'omit',
    });
    answer = await reply.json().catch(() => ({})); // somebody else answered: it waits
  } finally { clearTimeout(limit); }
  if (!FINAL.test(answer.state)) return false;
  // A corrected form may have come under the same key meanwhile.
  if (/stored|repeated/.test(answer.state) || String((await get(key))?.pairs) === String(pairs)) {
    await drop(key);
  }
  for (const page of await pages(url)) page.postMessage([key, '', answer]);
  return true;
};
const sendAll = async () => {
  // An open page sends by itself and says so; a moment's patience saves a request.
  const end = Date.now() + 4e3 + 2e3 * Math.random();
  const seen = async () => (await pages(home)).some(page => page.visibilityState === 'visible');
  while (Date.now() < end && (await all()).length && await seen()) await sleep(250);
  let left = 0;
  for (const waiting of await all()) left += !await send(waiting);
  if (left) throw Error('not taken'); // the browser then tries again
};
let running;
const deliver = () => { running = running || sendAll().finally(() => { running = null; }); return running; };

// --- the questionnaire without network -------------------------------------------------------------------------
// One copy per language. What differs from family to family (the server's key, the door) stands after the script and is
// cut off: the key serves one family only.
const remember = async reply => {
  if (/404|410/.test(reply.status)) { await caches.delete(home); return true; }
  if (!reply.ok) return false;
  const html = await reply.text(), end = html.lastIndexOf('</script>') + 9;
  const [, language] = /name="?_lang"? value="?([\w-]+)/.exec(html) || [];
  const [, door = ''] = /name="_door" value="([\w-]+)"/.exec(html.slice(end)) || [];
  if (!language || end < 9) return false;
  const headers = new Headers(reply.headers), cache = await caches.open(home);
  for (const name of ['Content-Encoding', 'Content-Length', 'Vary']) headers.delete(name);
  for (const old of await cache.keys()) if (languageOf(old) === language) await cache.delete(old);
  await cache.put(`${home}?lang=${language}&z=${door}`, new Response(html.slice(0, end), { headers }));
  return false;
};
// Where staff ask aloud (?a=) the page is another one, and never that of the family that comes next.
const isFamilys = address => isAt(address, home) && !new URL(address).searchParams.has('a');
const languageOf = ({ url }) => new URL(url).searchParams.get('lang');
const findCopy = async url => {
  if (!await caches.has(home)) return;
  const cache = await caches.open(home), keys = await cache.keys(), wanted = url.searchParams.get('lang');
  const found = keys.find(key => languageOf(key) === wanted) || keys[keys.length - 1];
  if (!found) return;
  const copy = await cache.match(found), { headers } = copy, language = languageOf(found);
  const door = url.searchParams.get('z') || new URL(found.url).searchParams.get('z');
  let html = await copy.text();
  const { tag, offline_language: only } = sentences(wanted);
  if (only && wanted !== language) {
    const note = `<p class="w" lang="${tag}" dir="auto">${only}</p>`;
    html = html.replace(/<main[^>]*>/, start => start + note);
  }
  if (/^[\w-]+$/.test(door)) html += `<input type="hidden" form="f" name="_door" value="${door}">`;
  return new Response(html, { headers });
};
const answer = async (network, url) => {
  const copy = await findCopy(url).catch(() => null);
  if (!copy) return network;
  try {
    const reply = await Promise.race([network, sleep(PATIENCE)]);
    if (reply && reply.status < 500) return reply;
  } catch { /* no network */ }
  return copy;
};
// When the wave is over and nothing waits any more, nothing of us stays on the phone.
const leave = async () => {
  if (!(await all()).some(({ url }) => url === home)) await registration.unregister();
};

// --- events ----------------------------------------------------------------------------------------------------
oninstall = () => { skipWaiting(); };
const copyOpenPages = async () => {
  for (const { url } of await pages(home)) {
    // The browser has just loaded it: this takes it from there and asks the line for nothing.
    if (isFamilys(url)) await fetch(url, { cache: 'force-cache' }).then(remember).catch(() => {});
  }
  await deliver();
};
// Until this ends no page is served, so it must not wait for a slow line.
onactivate = event => event.waitUntil(Promise.race([copyOpenPages().catch(() => {}), sleep(1e3)]));
onfetch = event => {
  const { request } = event;
  if (request.method !== 'GET' || request.mode !== 'navigate' || !isFamilys(request.url)) return;
  const network = fetch(request), copied = network.then(reply => reply.clone());
  event.respondWith(answer(network, new URL(request.url)));
  event.waitUntil(copied.then(async reply => {
    const over = await remember(reply);
    await deliver().catch(() => {});
    if (over) await leave();
  }).catch(() => {}));
};
// One after the other: what is settled must not be kept again by an earlier message that took longer.
let turn = Promise.resolve();
onmessage = event => {
  turn = turn.then(() => take(event)).catch(() => {});
  event.waitUntil(turn);
  event.waitUntil(watch(event).catch(() => {}));
};
onsync = event => event.waitUntil(deliver());
