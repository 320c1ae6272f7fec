import { type Subject, probe } from './probe';

/** `udp` makes a socket and prints its events. */
const udp =
  'function udp(f){let s=require("dgram").createSocket("udp4",f);s.on("message",(d,r)=>print("message",d.length,d.length<20?d:"",r.address==HOST,r.port==PORT,r.size));s.on("drain",()=>print("drain"));f||s.on("connect",()=>print("connect"));s.on("error",e=>print("error",e.code));s.on("end",()=>print("end"));s.on("close",h=>print("close",h));return s}';
/** `own` binds to a port that no other probe has. */
const own = 'function own(s,f){global.UDP=(global.UDP||0)+1;return s.bind(PORT-UDP,f)}';
const bound = udp + own + 'let s=udp();own(s);';
const unbound = {
  virtual: { esp8266: '' },
  because: "The Linux form's sockets are nearest to the ESP32's",
};

/** The events of a UDP socket and their order; the peer sends every datagram back. */
export const datagrams: Subject = {
  name: 'datagrams',
  network: true,
  ms: 300,
  probes: [
    probe(
      'a bound socket sends a datagram and hears its answer',
      bound + 's.send("hello",PORT,HOST)',
      'drain\nconnect\ndrain\nmessage 5 hello true true 5',
    ),
    probe(
      'a socket that is not bound sends one, too',
      udp + 'udp().send("hello",PORT,HOST)',
      'drain\nconnect\ndrain\nmessage 5 hello true true 5',
      unbound,
    ),
    probe(
      'two datagrams in one go leave one after the other, with one drain',
      bound + 's.send("one",PORT,HOST);s.send("two",PORT,HOST)',
      'drain\nconnect\ndrain\nmessage 3 one true true 3\nmessage 3 two true true 3',
    ),
    probe(
      'a part of a text, by its beginning and its length',
      bound + 's.send("abcdef",1,3,PORT,HOST)',
      'drain\nconnect\ndrain\nmessage 3 bcd true true 3',
    ),
    probe('a socket that is bound is connected without a word', bound, 'connect\ndrain'),
    probe('one that is not is nothing yet', udp + 'udp()', ''),
    probe(
      'bind returns the socket, and calls back with it',
      udp + own + 'let s=udp(),r=own(s,function(x){print("bound",x===s,this===s)});print(r===s)',
      'true\nbound true true\nconnect\ndrain',
    ),
    probe(
      'send and close return nothing',
      bound + 'print(s.send("a",PORT,HOST),s.close())',
      'undefined undefined\nend\nclose false',
    ),
    probe(
      'close when everything is sent: a bound socket says it twice',
      bound + 's.send("a",PORT,HOST);setTimeout(()=>s.close(),150)',
      'drain\nconnect\ndrain\nmessage 1 a true true 1\nend\nclose false\nend\nclose false',
    ),
    probe('close before anything was done', udp + 'udp().close()', 'end\nclose false'),
    probe(
      'a closed socket sends nothing more',
      bound + 's.close();try{s.send("a",PORT,HOST)}catch(e){print(e.message)}',
      'This socket is closed\nend\nclose false\nend\nclose false',
    ),
    probe(
      'the callback of createSocket hears that it is connected',
      udp + own + 'own(udp(s=>print("callback",typeof s.send)))',
      'callback function\ndrain',
    ),
    probe(
      'bytes are what they are',
      own +
        'let s=require("dgram").createSocket("udp4");own(s);s.on("message",d=>print(d.length,d.charCodeAt(0),d.charCodeAt(1),d.charCodeAt(2)));s.send("\\x00\\xff\\x80",PORT,HOST)',
      '3 0 255 128',
    ),
  ],
};
