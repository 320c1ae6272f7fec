import { useEffect, useRef, useState } from 'preact/hooks';
import { useLive, useNow } from '../site';

/** The state of connection and broker, always in sight. */
export function LinkPills() {
  const { connection, live, words } = useLive();
  const { text } = words;
  const { state } = connection.link;
  const linkText = {
    open: text.linkOpen,
    connecting: text.linkConnecting,
    waiting: text.linkWaiting,
    refused: text.linkRefused,
  }[state];
  const broker = state !== 'open' || !live.ready ? 'unknown' : live.broker;
  const brokerText = {
    connected: text.brokerConnected,
    lost: text.brokerLost,
    unknown: text.brokerUnknown,
  }[broker];
  return (
    <div class="pills" role="group" aria-label={text.status}>
      <span class="pill" data-link={state} data-tone={state === 'open' ? 'good' : 'warn'}>
        {linkText}
      </span>
      <span class="pill" data-broker={broker} data-tone={brokerTones[broker]}>
        {broker === 'connected' ? (
          <>
            <span class="wide-only">{brokerText}</span>
            <span class="narrow-only">{text.broker}</span>
          </>
        ) : (
          brokerText
        )}
      </span>
    </div>
  );
}

const brokerTones = { connected: 'good', lost: 'bad', unknown: 'none' };

/** Says when the connection is lost, when it is tried again, and when it is back. */
export function LinkNotice() {
  const { connection, live, words } = useLive();
  const { text } = words;
  const { link, failures } = connection;
  // A connection that takes a moment is no news; one that failed, or that was there before, is.
  const lost = link.state === 'waiting' || (link.state === 'connecting' && (failures > 0 || live.ready));
  const brokerLost = link.state === 'open' && live.ready && live.broker === 'lost';
  const wasLost = useRef(false);
  const [back, setBack] = useState(false);

  useEffect(() => {
    if (lost) wasLost.current = true;
    setBack(!lost && wasLost.current && link.state === 'open');
  }, [lost, link.state]);

  return (
    <>
      <div class="visually-hidden" role="status">
        {lost ? text.lostNote : brokerLost ? text.brokerLostNote : back ? text.connectedAgain : ''}
      </div>
      {lost && (
        <div class="banner" data-tone="warn">
          <p>
            {text.lostNote} {link.state === 'waiting' ? <Retry atMs={link.retryAtMs} /> : text.retryNow}
          </p>
          <button class="button small" type="button" onClick={() => connection.hurry()}>
            {text.tryNow}
          </button>
        </div>
      )}
      {brokerLost && (
        <div class="banner" data-tone="bad">
          <p>{text.brokerLostNote}</p>
        </div>
      )}
    </>
  );
}

/** By the clock of this computer, as the pause is. */
function Retry({ atMs }: { atMs: number }) {
  const { live, words } = useLive();
  const leftMs = atMs - (useNow(250) - live.aheadMs);
  return <>{words.text.retryIn(words.number(Math.max(0, Math.ceil(leftMs / 1000))))}</>;
}
