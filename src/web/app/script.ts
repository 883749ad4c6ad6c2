/**
 * The script of the page on phones. Its key pair is made here, can't be read out and is kept in IndexedDB; what it signs is a JSON array of strings, as
 * device/signature.ts has it. It says nothing itself: it shows and hides what stands in the page.
 */
export const script = `'use strict';
(() => {
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const every = 3000;
  // What takes the place of something else can't be pressed at once: the press was meant for that.
  const settle = 500;
  // A code stays in sight that long, whatever else waits.
  const keepCode = 60000;
  const find = (selector) => document.querySelector(selector);
  const states = [...document.querySelectorAll('[data-state]')];
  const trouble = find('#trouble');
  let device;
  let nonce;
  let shown;
  let busy = false;
  let deciding = false;
  // Until what is looked for is there.
  let looked = Promise.resolve();
  let stopped = false;
  let holdUntil = 0;
  let timer;

  const show = (state) => {
    for (const each of states) each.hidden = each.dataset.state !== state;
    trouble.hidden = true;
  };
  const fill = (slot, text) => {
    for (const each of document.querySelectorAll('[data-slot=' + slot + ']')) each.textContent = text;
  };

  const asked = () => document.querySelectorAll('[data-state=ask] button');
  let settling;
  const enable = (after) => {
    clearTimeout(settling);
    for (const button of asked()) button.disabled = true;
    settling = setTimeout(() => {
      for (const button of asked()) button.disabled = false;
    }, after);
  };

  const base64url = (octets) =>
    btoa(String.fromCharCode(...new Uint8Array(octets))).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, '');
  const sign = async (key, what, fields) => {
    const text = JSON.stringify(['radgate ' + what + ' 1', ...fields]);
    return base64url(await crypto.subtle.sign(ecdsa, key, new TextEncoder().encode(text)));
  };

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const keys = async (mode) => {
    const opening = indexedDB.open('radgate', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('device');
    return (await done(opening)).transaction('device', mode).objectStore('device');
  };
  const load = async () => done((await keys('readonly')).get('this'));
  const save = async (value) => done((await keys('readwrite')).put(value, 'this'));

  const post = async (path, body) => {
    const response = await fetch('/app/' + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { ok, status } = response;
    if (!ok) throw Object.assign(new Error('the server answered ' + status), { status });
    return response.json();
  };

  const freshNonce = async () => {
    const held = nonce;
    nonce = undefined;
    if (held !== undefined && held.until > Date.now()) return held.value;
    const answer = await post('nonce', { device: device.id });
    return answer.kind === 'nonce' ? answer.nonce : undefined;
  };
  const keepNonce = (value) => {
    if (value !== undefined) nonce = { value, until: Date.now() + 90000 };
  };
  const revoke = () => {
    stopped = true;
    shown = undefined;
    show('revoked');
  };

  const ask = (approval) => {
    const { ask: wanted } = approval;
    if (shown && shown.id === approval.id && shown.ask.kind === wanted.kind) return;
    shown = approval;
    const isPick = wanted.kind === 'pick';
    for (const each of document.querySelectorAll('[data-of=application]')) each.hidden = isPick;
    fill('application', isPick ? '' : wanted.application);
    const place = find('[data-slot=place]');
    place.textContent = approval.place === '' ? place.dataset.unknown : approval.place;
    fill('time', new Date(approval.startedAt).toLocaleTimeString(navigator.language));
    find('#number').hidden = wanted.kind !== 'number';
    find('#pick').hidden = !isPick;
    find('#approve').hidden = wanted.kind !== 'confirm';
    find('#typed').value = '';
    find('#applications').replaceChildren(
      ...(isPick ? wanted.applications : []).map((application) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'go';
        button.textContent = application;
        button.addEventListener('click', () => void decide('approve', '', application));
        return button;
      }),
    );
    show('ask');
    enable(settle);
  };

  const look = () => {
    if (busy || deciding || stopped || !device || document.hidden) return looked;
    busy = true;
    looked = lookNow();
    return looked;
  };
  const lookNow = async () => {
    try {
      const value = await freshNonce();
      if (value === undefined) return revoke();
      const signature = await sign(device.key, 'list', [device.id, value]);
      const answer = await post('list', { device: device.id, nonce: value, signature });
      if (answer.kind === 'unknown-device') return revoke();
      trouble.hidden = true;
      if (answer.kind !== 'waiting') return;
      keepNonce(answer.nonce);
      fill('user', answer.userName);
      if (document.hidden) return;
      const same = shown && answer.approvals.find(({ id }) => id === shown.id);
      const next = same || answer.approvals[0];
      if (next && Date.now() > holdUntil) ask(next);
      else if (!next && (shown || !find('[data-state=loading]').hidden)) {
        shown = undefined;
        show('idle');
      }
    } catch {
      trouble.hidden = false;
    } finally {
      busy = false;
    }
  };
  const watch = async () => {
    clearTimeout(timer);
    await look();
    if (!stopped) timer = setTimeout(() => void watch(), every);
  };

  const decide = async (decision, number, application) => {
    if (deciding || !shown) return;
    deciding = true;
    const approval = shown;
    clearTimeout(settling);
    for (const button of asked()) button.disabled = true;
    try {
      await looked;
      // Something else is asked by now, or nothing: the press was not for that.
      if (shown !== approval) return;
      const value = await freshNonce();
      if (value === undefined) return revoke();
      const { id, place, startedAt } = approval;
      const fields = [id, device.id, decision, number, application, place, String(startedAt), value];
      const signature = await sign(device.key, 'decision', fields);
      const answer = await post('decide', {
        device: device.id, nonce: value, approval: id, decision, number, application, signature,
      });
      if (answer.kind === 'unknown-device') return revoke();
      shown = undefined;
      const hasCode = typeof answer.code === 'string';
      if (hasCode) {
        const half = Math.ceil(answer.code.length / 2);
        fill('code', answer.code.slice(0, half) + ' ' + answer.code.slice(half));
        holdUntil = Date.now() + keepCode;
      }
      show(hasCode ? 'code' : answer.kind);
    } catch {
      trouble.hidden = false;
    } finally {
      deciding = false;
      enable(settle);
    }
  };
  const approve = (number) =>
    shown && void decide('approve', number, shown.ask.kind === 'pick' ? '' : shown.ask.application);
  const turnDown = (decision) =>
    shown && void decide(decision, '', shown.ask.kind === 'pick' ? '' : shown.ask.application);

  // Whether the phone can be told by its push service, and is not yet.
  const notify = find('#notify');
  const pushKey = async () => {
    const known = navigator.serviceWorker && window.PushManager && window.Notification;
    if (!known || Notification.permission === 'denied') return undefined;
    const { key } = await (await fetch('/app/push-key')).json();
    return key === null ? undefined : key;
  };
  const subscribe = async (applicationServerKey) => {
    const registration = await navigator.serviceWorker.ready;
    const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    const { endpoint } = made;
    const [p256dh, auth] = ['p256dh', 'auth'].map((name) => base64url(made.getKey(name)));
    const value = await freshNonce();
    if (value === undefined) return revoke();
    const signature = await sign(device.key, 'subscription', [device.id, endpoint, p256dh, auth, value]);
    await post('subscribe', { device: device.id, nonce: value, signature, endpoint, p256dh, auth });
    notify.hidden = true;
  };
  // A browser may have a new subscription each time: it is told at each start.
  const offerPush = async () => {
    try {
      const key = await pushKey();
      if (key === undefined) return;
      if (Notification.permission === 'granted') return await subscribe(key);
      notify.hidden = false;
      notify.onclick = async () => {
        try {
          if ((await Notification.requestPermission()) === 'granted') await subscribe(key);
          else notify.hidden = true;
        } catch {
          trouble.hidden = false;
        }
      };
    } catch {
      // The page asks by itself: it works without.
    }
  };

  const enrol = async (token, name) => {
    if (busy) return;
    busy = true;
    try {
      const pair = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
      const point = base64url(await crypto.subtle.exportKey('raw', pair.publicKey));
      const signature = await sign(pair.privateKey, 'enrolment', [token, point, name]);
      const answer = await post('enrol', { token, key: point, name, signature });
      if (answer.kind !== 'enrolled') return show(answer.kind);
      device = { id: answer.device, key: pair.privateKey };
      await save(device);
      history.replaceState(null, '', '/app/');
      show('loading');
      stopped = false;
    } catch (error) {
      // Asked again it would be answered the same.
      if (error.status === 400) show('refused');
      else trouble.hidden = false;
    } finally {
      busy = false;
    }
    if (device) await watch();
    if (device) void offerPush();
  };

  const start = async () => {
    const token = location.hash.slice(1);
    if (/^[A-Za-z0-9_-]{22}$/.test(token)) {
      stopped = true;
      find('#instead').hidden = (await load().catch(() => undefined)) === undefined;
      return show('enrol');
    }
    try {
      device = await load();
    } catch {
      return show('unsupported');
    }
    if (!device) return show('not-enrolled');
    stopped = false;
    await watch();
    if (!stopped) void offerPush();
  };

  if (!window.isSecureContext || !crypto.subtle || !window.indexedDB) return show('unsupported');
  const platform = navigator.userAgentData ? navigator.userAgentData.platform : navigator.platform;
  find('#name').value = platform || find('#name').dataset.usual;
  find('#enrol').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = find('#name');
    // As the server keeps it: what can't be seen, such as the joiner within an emoji, is left out, and a run of blanks is one.
    field.value = field.value.replace(/[\\p{C}\\p{Zl}\\p{Zp}]/gu, '').replace(/\\s+/g, ' ').trim();
    if (field.reportValidity()) void enrol(location.hash.slice(1), field.value);
  });
  find('#number').addEventListener('submit', (event) => {
    event.preventDefault();
    approve(find('#typed').value);
  });
  find('#approve').addEventListener('click', () => approve(''));
  find('#decline').addEventListener('click', () => turnDown('decline'));
  find('#fraud').addEventListener('click', () => turnDown('fraud'));
  for (const button of document.querySelectorAll('[data-done]'))
    button.addEventListener('click', () => {
      // The phone is still to be set up.
      if (stopped) return void start();
      holdUntil = 0;
      fill('code', '');
      show('idle');
      void look();
    });
  window.addEventListener('hashchange', () => void start());
  document.addEventListener('visibilitychange', () => {
    // Who comes back is asked of the last login; in sight, a question stays as long as its login waits.
    if (document.hidden && shown && !deciding && !stopped) {
      shown = undefined;
      show('loading');
    }
    void look();
  });
  if (navigator.serviceWorker) navigator.serviceWorker.register('/app/worker.js').catch(() => {});
  void start();
})();
`;
