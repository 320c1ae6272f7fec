import type { ComponentChildren } from 'preact';
import { logOut } from '../api';
import { languageNames, languages } from '../i18n/language';
import type { Route } from '../route';
import { useLive } from '../site';
import { Icon, type IconName } from './icon';
import { LinkPills } from './link-notice';

/** Name, pages, state of the connection, language and colours. */
export function Header({ route }: { route: Route }) {
  const site = useLive();
  const { words, flashOnly, session } = site;
  const { text } = words;
  const isLive = route.page === 'overview' || route.page === 'kit' || route.page === 'sensor';

  const leave = async () => {
    await logOut().catch(() => undefined);
    site.session = undefined;
    site.connection.stop();
    site.router.go('/login');
  };

  return (
    <header class="site-header">
      <div class="site-header-inner">
        {flashOnly ? (
          <span class="brand">
            <Icon name="lamp" /> {text.siteName}
          </span>
        ) : (
          <a class="brand" href="/">
            <Icon name="lamp" /> {text.siteName}
          </a>
        )}
        {!flashOnly && (
          <nav aria-label={text.mainNavigation}>
            <NavLink href="/" current={route.page === 'overview'}>
              {text.overview}
            </NavLink>
            <NavLink href="/flash" current={route.page === 'flash'}>
              {text.flash}
            </NavLink>
          </nav>
        )}
        <div class="tools">
          {isLive && <LinkPills />}
          <LanguageSwitch />
          <ThemeSwitch />
          {session?.user && (
            <button
              class="tool"
              type="button"
              onClick={() => void leave()}
              title={text.logOutAs(session.user)}
            >
              <Icon name="leave" />
              <span class="wide-only">{text.logOut}</span>
              <span class="visually-hidden narrow-only">{text.logOut}</span>
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

function NavLink(given: { href: string; current: boolean; children: ComponentChildren }) {
  return (
    <a href={given.href} aria-current={given.current ? 'page' : undefined}>
      {given.children}
    </a>
  );
}

function LanguageSwitch() {
  const site = useLive();
  return (
    <div class="switch" role="group" aria-label={site.words.text.language}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === site.words.language}
          title={languageNames[language]}
          onClick={() => site.setLanguage(language)}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

const themeIcons: Record<string, IconName> = { system: 'contrast', light: 'sun', dark: 'moon' };

function ThemeSwitch() {
  const { themes, words } = useLive();
  const { text } = words;
  const names = { system: text.themeSystem, light: text.themeLight, dark: text.themeDark };
  const label = `${text.theme}: ${names[themes.chosen]}`;
  return (
    <button class="tool" type="button" aria-label={label} title={label} onClick={() => themes.next()}>
      <Icon name={themeIcons[themes.chosen]!} />
    </button>
  );
}
