// Counts what is there and what is held open: nodes in the page, listeners, timers, observers and
// channels. Each is counted where the browser makes it, so what nobody asks about is counted, too.

const held = { listeners: new Map(), timers: new Set(), observers: new Set(), channels: new Set() };

// Listeners of what ends by itself (a request, a stream) end with it.
const lasts = (target) => target instanceof Node || target instanceof Window
  || target instanceof BroadcastChannel;

const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
const ids = new WeakMap();
let next = 0;
const id = (object) => {
  if (object === null || typeof object !== 'object' && typeof object !== 'function') return String(object);
  if (!ids.has(object)) ids.set(object, next += 1);
  return ids.get(object);
};
const name = (target, type, listener, options) =>
  [id(target), type, id(listener), Boolean(options?.capture ?? options)].join();

EventTarget.prototype.addEventListener = function (type, listener, options) {
  const target = this ?? globalThis;
  if (lasts(target)) held.listeners.set(name(target, type, listener, options), type);
  return add.call(target, type, listener, options);
};

EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const target = this ?? globalThis;
  held.listeners.delete(name(target, type, listener, options));
  return remove.call(target, type, listener, options);
};

const { setInterval: start, clearInterval: stop } = globalThis;
globalThis.setInterval = (...given) => {
  const timer = start(...given);
  held.timers.add(timer);
  return timer;
};
globalThis.clearInterval = (timer) => {
  held.timers.delete(timer);
  return stop(timer);
};

const { observe, disconnect } = IntersectionObserver.prototype;
IntersectionObserver.prototype.observe = function (target) {
  held.observers.add(this);
  return observe.call(this, target);
};
IntersectionObserver.prototype.disconnect = function () {
  held.observers.delete(this);
  return disconnect.call(this);
};

globalThis.BroadcastChannel = class extends BroadcastChannel {
  constructor(channel) {
    super(channel);
    held.channels.add(this);
  }

  close() {
    held.channels.delete(this);
    super.close();
  }
};

export function counts() {
  return JSON.stringify({
    nodes: document.querySelectorAll('*').length,
    listeners: held.listeners.size,
    timers: held.timers.size,
    observers: held.observers.size,
    channels: held.channels.size,
  });
}
