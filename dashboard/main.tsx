import { render } from 'preact';
import { getSession, isAlive } from './api';
import { App } from './app';
import './css/index.css';
import type { SocketLike, Surroundings } from './live/connection';
import { Site, SiteContext, type Memory } from './site';

const liveUrl = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/live`;

const browser: Surroundings = {
  open: () => new WebSocket(liveUrl) as SocketLike,
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  alive: isAlive,
  needsLogin: () =>
    getSession().then(
      ({ user, loginRequired }) => loginRequired && user === null,
      () => false,
    ),
};

/** What a browser that keeps nothing for us is asked for has never been there. */
const memory: Memory = {
  get(key) {
    try {
      return localStorage.getItem(`lamplighter.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`lamplighter.${key}`, value);
    } catch {
      // Then the choice lasts as long as the page.
    }
  },
};

const site = new Site(browser, window, memory);
render(
  <SiteContext.Provider value={site}>
    <App />
  </SiteContext.Provider>,
  document.getElementById('app')!,
);
