import { en } from './en';
import { ko } from './ko';

export type Language = 'en' | 'ko';
export const languages = ['en', 'ko'] as const;

/** The texts of one language: the keys of en.ts, each with the same parameters. */
export type Messages = {
  [Key in keyof typeof en]: (typeof en)[Key];
};

export const messagesOf: Record<Language, Messages> = { en, ko };

/** Names of the languages in themselves. */
export const languageNames: Record<Language, string> = { en: 'English', ko: '한국어' };

/** The first language of the browser's list that there is; English when there is none. */
export function preferredLanguage(wanted: readonly string[], remembered: string | null): Language {
  if (remembered === 'en' || remembered === 'ko') return remembered;
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}
