import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useSite } from '../site';
import { useTitle } from './title';

/** A page whose code is loaded when it is opened. */
export function Lazy<P extends object>(given: {
  load: () => Promise<ComponentType<P>>;
  props: P;
  title: string;
}) {
  const { words } = useSite();
  const [page, setPage] = useState<{ Page?: ComponentType<P>; failed?: boolean }>({});
  useTitle(given.title);
  useEffect(() => {
    given.load().then(
      (Page) => setPage({ Page }),
      () => setPage({ failed: true }),
    );
  }, [given.load]);

  if (page.failed) {
    return (
      <p class="note warning" role="alert">
        {words.text.pageFailed}{' '}
        <button class="button" type="button" onClick={() => location.reload()}>
          {words.text.reload}
        </button>
      </p>
    );
  }
  return page.Page ? <page.Page {...given.props} /> : <p class="quiet">{words.text.loading}</p>;
}
