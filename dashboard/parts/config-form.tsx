import { useEffect, useState } from 'preact/hooks';
import type { SensorConfig, SensorView } from '../../shared/live';
import { getConfig, putConfig } from '../api';
import { valueName } from '../i18n/format';
import { useLive } from '../site';
import { configOf, draftOf, type ConfigDraft } from './config-draft';
import { measuredNames } from './reading';

type Progress = { state: 'idle' | 'saving' | 'saved' } | { state: 'failed'; reason: string };

/** Interval and limits of a sensor. */
export function ConfigForm({ sensor }: { sensor: SensorView }) {
  const { words } = useLive();
  const { text } = words;
  const [progress, setProgress] = useState<Progress>({ state: 'idle' });
  const [draft, setDraft] = useState<ConfigDraft>();
  const config = useConfig(sensor);
  const names = limitedNames(sensor, config);
  const shown = draft ?? draftOf(config, names);

  const change = (part: Partial<ConfigDraft>) => {
    setDraft({ ...shown, ...part });
    setProgress({ state: 'idle' });
  };
  const changeLimit = (name: string, end: 'min' | 'max', value: string) =>
    change({
      limits: { ...shown.limits, [name]: { ...(shown.limits[name] ?? noLimits), [end]: value } },
    });

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = configOf(shown, words);
    if (typeof wanted === 'string') return setProgress({ state: 'failed', reason: wanted });
    setProgress({ state: 'saving' });
    try {
      await putConfig(sensor.id, wanted);
      setDraft(undefined);
      setProgress({ state: 'saved' });
    } catch (error) {
      setProgress({ state: 'failed', reason: (error as Error).message });
    }
  };

  return (
    <section class="card" aria-labelledby="configuration">
      <h2 id="configuration">{text.configuration}</h2>
      <p class="quiet">{text.configurationNote}</p>
      <form class="form config" noValidate onSubmit={(event) => void save(event)}>
        <label class="field">
          {text.interval}
          <input
            name="interval"
            inputMode="decimal"
            autocomplete="off"
            value={shown.interval}
            onInput={(event) => change({ interval: event.currentTarget.value })}
          />
        </label>
        {names.map((name) => (
          <fieldset key={name} class="field limits">
            <legend>{text.limitsOf(valueName(words, name))}</legend>
            {(['min', 'max'] as const).map((end) => (
              <label key={end}>
                {text[end]}
                <input
                  name={`${name}.${end}`}
                  inputMode="decimal"
                  autocomplete="off"
                  value={shown.limits[name]?.[end] ?? ''}
                  onInput={(event) => changeLimit(name, end, event.currentTarget.value)}
                />
              </label>
            ))}
          </fieldset>
        ))}
        <div class="form-end">
          <button class="button primary" aria-disabled={progress.state === 'saving'}>
            {progress.state === 'saving' ? text.saving : text.save}
          </button>
          <p class="form-answer" role="status" data-state={progress.state}>
            {progress.state === 'saved' && text.saved}
            {progress.state === 'failed' && text.saveFailed(progress.reason)}
          </p>
        </div>
      </form>
    </section>
  );
}

const noLimits = { min: '', max: '' };

/** What was set, or the gateway's defaults when nothing was. */
function useConfig(sensor: SensorView): SensorConfig | undefined {
  const [defaults, setDefaults] = useState<SensorConfig>();
  const known = sensor.config !== undefined;
  useEffect(() => {
    if (!known) getConfig(sensor.id).then(setDefaults, () => undefined);
  }, [sensor.id, known]);
  return sensor.config ?? defaults;
}

/** Numbers that were measured, and what has limits already. */
function limitedNames(sensor: SensorView, config: SensorConfig | undefined): string[] {
  const measured = measuredNames(sensor).filter(
    (name) => sensor.values[name] === undefined || typeof sensor.values[name] === 'number',
  );
  return [...new Set([...measured, ...Object.keys(config?.thresholds ?? {})])];
}
