import { useState } from 'preact/hooks';
import { entriesMax, matching } from '../live/message-log';
import type { LogEntry } from '../live/state';
import { useLive } from '../site';

/** What passes on the kit's topics, newest first. */
export function MessageList() {
  const { log, words, nowMs } = useMessages();
  const { text } = words;
  const [filter, setFilter] = useState('');
  /** What is shown while paused. */
  const [held, setHeld] = useState<readonly LogEntry[] | undefined>();

  const entries = held ?? log.entries;
  const shown = matching(entries, filter).reverse();
  const heldLast = held?.at(-1)?.number ?? 0;
  const missed = held ? log.entries.filter(({ number }) => number > heldLast).length : 0;
  const clear = () => {
    log.clear();
    setHeld(held && []);
  };

  return (
    <section class="card messages" aria-labelledby="messages">
      <div class="section-head">
        <h2 id="messages">{text.messages}</h2>
        <p class="quiet">
          {text.messagesShown(words.number(shown.length), words.number(entries.length))}
          {log.dropped > 0 && `, ${text.messagesDropped(words.number(entriesMax))}`}
        </p>
      </div>
      <div class="message-tools">
        <label class="field inline">
          {text.filter}
          <input
            type="search"
            value={filter}
            placeholder={text.filterHint}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <button
          class="button"
          type="button"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held ? undefined : log.entries)}
        >
          {held ? text.resume : text.pause}
        </button>
        <button class="button" type="button" onClick={clear}>
          {text.clear}
        </button>
        {missed > 0 && <span class="quiet">{text.missedWhilePaused(words.number(missed))}</span>}
      </div>
      <div class="message-scroll" tabIndex={0} role="region" aria-labelledby="messages">
        {shown.length === 0 ? (
          <p class="quiet empty">{entries.length ? text.noMatch : text.noMessages}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">{text.time}</th>
                <th scope="col">{text.topic}</th>
                <th scope="col">{text.payload}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <tr key={entry.number}>
                  <td>
                    <time title={words.fullTime(entry.atMs)}>{words.time(entry.atMs, nowMs())}</time>
                  </td>
                  <td>
                    <code>{entry.topic}</code>
                    {entry.retained && <span class="tag">{text.retained}</span>}
                  </td>
                  <td>
                    {entry.payload ? (
                      <code>{entry.payload}</code>
                    ) : (
                      <span class="quiet">{text.emptyPayload}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function useMessages() {
  const site = useLive();
  return { log: site.log, words: site.words, nowMs: () => site.nowMs() };
}
