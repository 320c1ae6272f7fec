import { useEffect, useRef } from 'preact/hooks';
import { Header } from './parts/header';
import { LinkNotice } from './parts/link-notice';
import { Lazy } from './parts/lazy';
import { KitPage } from './pages/kit-page';
import { LoginPage } from './pages/login-page';
import { NotFoundPage } from './pages/not-found-page';
import { OverviewPage } from './pages/overview-page';
import { SensorPage } from './pages/sensor-page';
import type { Route } from './route';
import { useLive } from './site';

/** Flashing is for one person in a while, and most of what it needs is large. */
const loadFlashPage = () => import('./flash/flash-page').then(({ FlashPage }) => FlashPage);

/** Header, the page of the address, and what is said to screen readers when another page is opened. */
export function App() {
  const site = useLive();
  const { router, words, flashOnly } = site;
  const route: Route = flashOnly ? { page: 'flash' } : router.route;
  const isLive = route.page === 'overview' || route.page === 'kit' || route.page === 'sensor';
  const main = useRef<HTMLElement>(null);
  const opened = useRef(router.path);

  useEffect(() => {
    if (!isLive) return;
    site.connection.start();
    void site.askSession();
  }, [site, isLive]);

  useEffect(() => {
    if (opened.current === router.path) return;
    opened.current = router.path;
    main.current?.focus({ preventScroll: true });
  }, [router.path]);

  return (
    <>
      <a class="skip-link" href="#content">
        {words.text.skipToContent}
      </a>
      <Header route={route} />
      {isLive && <LinkNotice />}
      <main
        id="content"
        ref={main}
        tabIndex={-1}
        class={isLive && site.live.ready && site.connection.link.state !== 'open' ? 'stale' : undefined}
      >
        <Page route={route} path={router.path} />
      </main>
      {site.live.version && isLive && (
        <footer class="site-footer">{words.text.version(site.live.version)}</footer>
      )}
    </>
  );
}

function Page({ route, path }: { route: Route; path: string }) {
  const { words } = useLive();
  switch (route.page) {
    case 'overview':
      return <OverviewPage />;
    case 'kit':
      return <KitPage key={route.kit} kit={route.kit} />;
    case 'sensor':
      return <SensorPage key={route.id} id={route.id} />;
    case 'login':
      return <LoginPage />;
    case 'flash':
      return <Lazy load={loadFlashPage} props={{ language: words.language }} title={words.text.flash} />;
    default:
      return <NotFoundPage path={path} />;
  }
}
