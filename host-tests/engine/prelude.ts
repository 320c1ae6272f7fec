/**
 * JavaScript that goes in front of the loader in `.bootcde` and stands in for what the Linux form lacks: WiFi, pins, ADC,
 * a DHT22 on its wire, and an OLED on I2C. Sockets, timers, Storage and Graphics are the interpreter's own.
 *
 * It tells of the board in lines that begin with `mark`, and is told by lines typed on the console. Its names have a
 * `$`, which no name of the bundle with more than two characters has, and four characters, which cost one variable each.
 */
import { byteLiteral } from './byte-literal';

export interface PreludeOptions {
  chip: 'esp8266' | 'esp32';
  /** Six bytes, `02:00:00:00:00:02`. */
  mac?: string;
  /** The one access point on the air. */
  ssid?: string;
  password?: string;
  /** What the parts measure when the board starts. */
  light?: number;
  /** As `dht22Frame` gives it. */
  dht22?: string;
  oledFitted?: boolean;
  accessPointOn?: boolean;
  /** True: what an `Orders` writes into the flash is run. */
  orders?: boolean;
  /**
   * True: while a socket is open, when the Linux form would turn its idle loop without a pause, each round waits for
   * 1 ms, which is what a reset of a 1-wire bus without a bus takes.
   */
  sleeps?: boolean;
  /** True: pins and I2C are not reported, since a report takes variables and time. */
  quiet?: boolean;
}

/** First character of a report, which no line of the board's own begins with. */
export const mark = '\x01';

/** What a report says; `atMs` is the interpreter's clock modulo `clockWrapMs`. */
export type Report =
  | { kind: 'level'; pin: string; level: number; atMs: number }
  | { kind: 'i2c'; bytes: Uint8Array }
  | { kind: 'accessPoint' | 'telnet'; on: boolean }
  | { kind: 'memory'; used: number }
  | { kind: 'order'; mark: string }
  | { kind: 'reboot'; atMs: number };

/** Longest time between a report and its being read, so that its clock is told apart from the ones before. */
export const clockWrapMs = 1e9;

/** A line of the console as a report; undefined when it is none. */
export function parseReport(line: string): Report | undefined {
  if (!line.startsWith(mark)) return undefined;
  const [kind, ...words] = line.slice(1).split(' ') as [string, ...string[]];
  const [first = '', second = '', third = ''] = words;
  if (kind === 'P') return { kind: 'level', pin: first, level: Number(second), atMs: Number(third) };
  if (kind === 'I') return { kind: 'i2c', bytes: Buffer.from(first, 'base64') };
  if (kind === 'A') return { kind: 'accessPoint', on: first === '1' };
  if (kind === 'T') return { kind: 'telnet', on: first === 'on' };
  if (kind === 'K') return { kind: 'order', mark: first };
  if (kind === 'M') return { kind: 'memory', used: Number(first) };
  if (kind === 'B') return { kind: 'reboot', atMs: Number(first) };
  throw new Error(`a report of an unknown kind: ${JSON.stringify(line)}`);
}

/** JavaScript that changes what the parts around the board do. */
export const order = {
  light: (level: number): string => `$lux=${level}`,
  /** An empty frame: the sensor does not answer. */
  dht22: (frame: string): string => `$dht=${byteLiteral(frame)}`,
  oledFitted: (fitted: boolean): string => `$i2c=${Number(fitted)}`,
  /** A cut is noticed after the time that a chip takes to miss the beacons. */
  accessPoint: (on: boolean): string => `$air=${Number(on)};$nxt(${on ? 100 : 2000})`,
  /** Is answered with the variables in use after a collection. */
  memory: `print(${byteLiteral(mark)}+"M "+process.memory().usage)`,
};

/**
 * The same as lines to type on the console; none is echoed. The Linux form may lose its life over fast typing, since its
 * input thread changes an event that the main loop is reading: `Orders` does without.
 */
export const tell = {
  dht22: (frame: string): string => line(order.dht22(frame)),
  accessPoint: (on: boolean): string => line(order.accessPoint(on)),
};

function line(code: string): string {
  return `\x10${code}\n`;
}

/**
 * The five bytes that the sensor sends: humidity and temperature in tenths, a sign bit, and their sum.
 * Source: Aosong AM2302 datasheet.
 */
export function dht22Frame(temperatureC: number, humidityPct: number): string {
  const humidity = Math.round(humidityPct * 10);
  const temperature = Math.round(Math.abs(temperatureC) * 10) | (temperatureC < 0 ? 0x8000 : 0);
  const bytes = [humidity >> 8, humidity & 255, temperature >> 8, temperature & 255];
  return String.fromCharCode(...bytes, bytes.reduce((sum, byte) => sum + byte) & 255);
}

/** Storage file that holds orders, and how it begins: so is it found in the flash. */
export const ordersFile = 'orders';
export const ordersMark = 'engine orders:';

/** Name of the Storage file that says why the chip started, in the words of `getResetInfo()`; absent: power on. */
export const resetReasonFile = 'reason';

export function prelude(options: PreludeOptions): string {
  const { chip, mac = '02:00:00:00:00:02', quiet = false } = options;
  const esp32 = chip === 'esp32';
  const report = (code: string): string => (quiet ? '' : `print(${byteLiteral(mark)}+${code})`);
  return `
var $lux=${options.light ?? 600},$dht=${byteLiteral(options.dht22 ?? dht22Frame(24, 45))};
var $i2c=${Number(options.oledFitted ?? true)},$air=${Number(options.accessPointOn ?? true)};
var $on=0,$fit,$cb,$job,$fn;
function $ms(){return getTime()%1e6*1000|0}
function digitalWrite(p,v){${report('"P "+p+" "+(v?1:0)+" "+$ms()')}}
${/* Falling edges: of the response, 30 us after the release, of the first bit, and one at the end of each bit; all at once, so that a busy computer loses none. */ ''}
function pinMode(p,m){
if(!$fn||!$dht||m!="input_pullup")return;
var t=1,h=30,i=-1;
for(;i<41;i++){$fn({state:false,time:t+h/1e6,lastTime:t});t+=1e-4;h=i<0?80:$dht.charCodeAt(i>>3)>>(7-(i&7))&1?70:26}
}
${
  options.orders
    ? `
var $ord=require("Storage").read("${ordersFile}"),$chg;
function $upd(){$chg=$ord[${ordersMark.length}];eval($ord.substring(${ordersMark.length + 1},$ord.indexOf("\\n")));print(${byteLiteral(mark)}+"K "+$chg)}
function analogRead(){if($ord[${ordersMark.length}]!=$chg)$upd();return $lux/1024}
`
    : 'function analogRead(){return $lux/1024}'
}
function setWatch(f){$fn=f;return 1}
function clearWatch(){$fn=0}
I2C1={setup:function(){},writeTo:function(){if(!$i2c)throw new Error("I2CWrite: No ACK 0");${report('"I "+btoa(E.toString(arguments))')}}};
${/* The real one would listen on a port of the computer. */ ''}
require("TelnetServer").setOptions({mode:"off"});
Modules.addCached("TelnetServer",function(){exports.setOptions=function(o){print(${byteLiteral(mark)}+"T "+o.mode)}});
Modules.addCached("ESP8266",function(){exports.getResetInfo=function(){return {reason:require("Storage").read("${resetReasonFile}")||"power on"}}});
function $nxt(t){if($job)clearTimeout($job);$job=setTimeout($rf,t)}
${/* One step of the radio; $on is 0 off, 1 looking for the access point, 2 associated, 3 connected. */ ''}
function $rf(){
var w=require("Wifi");$job=0;
if(!$on||($on==3&&$air))return;
if(!$air||!$fit){
w.emit("disconnected",{ssid:"",mac:"",reason:"no_ap_found"});
${esp32 ? '$on=0' : '$on=1;if($cb)setTimeout($cb,0,"no_ap_found");$cb=0;$nxt(1500)'};
return}
$on++;
if($on==2){w.emit("associated",{});$nxt(200);return}
w.emit("connected",{ip:"127.0.0.1"});if($cb)setTimeout($cb,0,null);$cb=0;
}
Modules.addCached("Wifi",function(){
exports.connect=function(s,o,c){$fit=s==${byteLiteral(options.ssid ?? 'home')}&&o.password==${byteLiteral(options.password ?? 'correct horse')};$cb=c;$on=1;$nxt(300)};
exports.disconnect=function(){$on=0};
exports.stopAP=function(){print(${byteLiteral(mark)}+"A 0")};
exports.getIP=function(){return {ip:$on==3?"127.0.0.1":"0.0.0.0",mac:"${mac}"}};
exports.getDetails=function(){return ${esp32 ? '{}' : '{rssi:-58}'}};
exports.getStatus=function(){return ${esp32 ? '{rssi:-58}' : '{}'}};
exports.getHostByName=function(h,c){setTimeout(c,5,$on==3?h:null)};
exports.ping=function(h,c){if($on==3)setTimeout(c,5,{totalCount:1,timeoutCount:0,bytes:32,error:0,respTime:5,seqNo:1})};
});
${options.orders ? '$upd();' : ''}
${options.sleeps ? 'setInterval(function(o){o.reset()},1,new OneWire(D1));' : ''}
E.reboot=(function(r){return function(){print(${byteLiteral(mark)}+"B "+$ms());r()}})(E.reboot);
`.replace(/\n+/g, '\n');
}
