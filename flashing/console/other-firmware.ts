/** What each firmware says when it starts, or to a line that it does not understand. */
const marks: [mark: RegExp, firmware: string][] = [
  [/CircuitPython/, 'CircuitPython'],
  [/MicroPython|^>>> |KeyboardInterrupt|Traceback \(most recent call last\)/m, 'MicroPython'],
  [/Tasmota|(?:RSL|CMD|MQT|APP|WIF): |"Command":"(?:Unknown|Error)"/, 'Tasmota'],
  [/\[[IWEDC]\]\[[\w.]+:\d+\]/, 'ESPHome'],
  [/NodeMCU \d|lua: |stdin:1: /, 'NodeMCU Lua'],
  [/^(?:AT\+\w+|ERROR\r?|ready\r?)$/m, 'the AT command firmware that ESP modules are sold with'],
  [/waiting for download/, "the chip's own loader: GPIO0 was low at reset; press reset (EN or RST) alone"],
  [/invalid header: 0x[0-9a-f]+|flash read err/, 'an empty flash, or one whose firmware is broken'],
  [
    /rst:0x[0-9a-f]+ \(\w+\)[\s\S]*?(?:Guru Meditation|abort\(\) was called)/,
    'a firmware that crashes as it starts',
  ],
];

/** Share of bytes that no console prints, above which a text is noise. */
const noiseShare = 0.3;

/** What a board that does not answer as Espruino looks like; undefined when nothing tells. */
export function otherFirmware(heard: string): string | undefined {
  const found = marks.find(([mark]) => mark.test(heard));
  return found ? found[1] : undefined;
}

/** A wrong speed, or the first messages of a chip's loader, which an ESP8266 sends at 74,880 baud. */
export function isNoise(heard: string): boolean {
  const odd = heard.match(/[^\x07-\x0d\x1b\x20-\x7e]/g)?.length ?? 0;
  return heard.length >= 8 && odd / heard.length > noiseShare;
}

/** Whether a text without cursor movements is what Espruino's console says, answer or not, or a kit on it. */
export function looksLikeEspruino(text: string): boolean {
  return (
    /espruino|^>|\n>|Uncaught \w*Error|Execution Interrupted|ERROR: /.test(text) ||
    /^(?:Lamplighter \d|(?:Lamplighter|kit\.json|link|echo|report|OLED): )/m.test(text)
  );
}
