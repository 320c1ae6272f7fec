import { type Subject, probe } from './probe';

/** `watch` prints every event of a socket, `dial` connects one and watches it. */
const dial =
  'function watch(s,n){n=n||"";s.on("data",d=>print(n+"data",d.length,d.length<20?d:""));s.on("drain",()=>print(n+"drain"));s.on("error",e=>print(n+"error",e.code,e.message));s.on("end",()=>print(n+"end"));s.on("close",h=>print(n+"close",h));return s}function dial(f){return watch(require("net").connect({host:HOST,port:PORT},s=>{print("connect");f&&f(s)}))}';

/** The events of a socket and their order. */
export const sockets: Subject = {
  name: 'sockets',
  network: true,
  ms: 300,
  probes: [
    probe(
      'a connection opens',
      dial + 'let s=dial();setTimeout(()=>s.end(),100)',
      'connect\ndrain\nend\nclose false',
    ),
    probe(
      'connect hands over the socket, as this and as its argument',
      'let s=require("net").connect({host:HOST,port:PORT},function(x){print(x===s,this===s,arguments.length);s.end()})',
      'true true 1',
    ),
    probe(
      'a word and its answer',
      dial + 'dial(s=>{s.write("say:hello;");setTimeout(()=>s.end(),100)})',
      'connect\ndrain\ndrain\ndata 5 hello\nend\nclose false',
    ),
    probe(
      'what was written before it was open',
      dial + 'let s=dial();s.write("say:early;");setTimeout(()=>s.end(),100)',
      'drain\nconnect\ndrain\ndata 5 early\nend\nclose false',
    ),
    probe(
      'two writes in one go make one drain',
      dial + 'dial(s=>{s.write("say:a");s.write("b;");setTimeout(()=>s.end(),100)})',
      'connect\ndrain\ndrain\ndata 2 ab\nend\nclose false',
    ),
    probe(
      'two writes apart make two drains',
      dial + 'dial(s=>{s.write("say:a;");setTimeout(()=>s.write("say:b;"),60);setTimeout(()=>s.end(),150)})',
      'connect\ndrain\ndrain\ndata 1 a\ndrain\ndata 1 b\nend\nclose false',
    ),
    probe(
      'the peer ends',
      dial + 'dial(s=>s.write("say:bye;end;"))',
      'connect\ndrain\ndrain\ndata 3 bye\nend\nclose false',
    ),
    probe(
      'the peer ends at once',
      dial + 'let s=dial();s.write("end;")',
      'drain\nconnect\ndrain\nend\nclose false',
    ),
    probe('the peer resets', dial + 'dial(s=>s.write("reset;"))', 'connect\ndrain\ndrain\nend\nclose false', {
      virtual: { esp8266: 'connect\ndrain\ndrain\nerror -9 connection reset\nend\nclose true' },
      because: "The Linux form's sockets are nearest to the ESP32's",
    }),
    probe('end without anything written', dial + 'dial(s=>s.end())', 'connect\ndrain\nend\nclose false'),
    probe('end with a last word', dial + 'dial(s=>s.end("say:last;"))', 'connect\ndrain\nend\nclose false'),
    probe('end before it was open', dial + 'let s=dial();s.end()', 'end\nclose false'),
    probe(
      'end with a word before it was open',
      dial + 'let s=dial();s.end("count:0;")',
      'connect\ndrain\nend\nclose false',
    ),
    probe(
      'end twice',
      dial + 'dial(s=>{s.end();s.end();print("fine")})',
      'connect\nfine\ndrain\nend\nclose false',
    ),
    probe(
      'write after end',
      dial + 'dial(s=>{s.end();try{s.write("x");print("taken")}catch(e){print(e.toString())}})',
      'connect\nError: This socket is closed\ndrain\nend\nclose false',
    ),
    probe(
      'write after close',
      dial +
        'let s=dial(s=>s.end());s.on("close",()=>{try{s.write("x");print("taken")}catch(e){print(e.toString())}})',
      'connect\ndrain\nend\nclose false\nError: This socket is closed',
    ),
    probe(
      'end after close',
      dial +
        'let s=dial(s=>s.end());s.on("close",()=>{try{s.end();print("fine")}catch(e){print(e.toString())}})',
      'connect\ndrain\nend\nclose false\nfine',
    ),
    probe(
      'write after the peer has ended',
      dial +
        'let s=dial(s=>s.write("end;"));s.on("end",()=>{try{s.write("x");print("taken")}catch(e){print(e.toString())}})',
      'connect\ndrain\ndrain\nend\nError: This socket is closed\nclose false',
    ),
    probe(
      'write gives back',
      dial + 'dial(s=>{print(s.write("say:x;"));setTimeout(()=>s.end(),100)})',
      'connect\nfalse\ndrain\ndrain\ndata 1 x\nend\nclose false',
    ),
    probe(
      'write of what is no text',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>{print(d);s.end()});s.write("say:");s.write([65,66]);s.write(5);s.write(new Uint8Array([1,2]));s.write(true);s.write(";")})',
      '65,6651,2true',
    ),
    probe(
      'write of undefined and of nothing',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>{print(d);s.end()});s.write("say:a");s.write(undefined);s.write();s.write("");s.write("b;")})',
      'ab',
    ),
    probe(
      'bytes pass unchanged',
      String.raw`let s=require("net").connect({host:HOST,port:PORT},()=>{let r="";s.on("data",d=>{r+=d;if(r.length>5){print(E.toUint8Array(r).join());s.end()}});s.write("say:\x10\0\x80\xc2\xb0\xfe;")})`,
      '16,0,128,194,176,254',
    ),
    probe(
      'a long text arrives whole',
      'let n=0,c=0;let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>{n+=d.length;if(d.length>536)c++;if(n==3000){print(n,c);s.end()}});s.write("send:3000;")})',
      '3000 0',
    ),
    probe(
      'a long text is sent whole',
      dial + 'dial(s=>{s.write("count:2000;");s.write("x".repeat(2000));setTimeout(()=>s.end(),150)})',
      'connect\ndrain\ndrain\ndata 8 got 2000\nend\nclose false',
    ),
    probe(
      'a listener added later gets what has come',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.write("say:early;");setTimeout(()=>{print(s.available());s.on("data",d=>print("heard",d));print("listening")},100);setTimeout(()=>s.end(),200)})',
      '5\nlistening\nheard early',
    ),
    probe(
      'read without a listener',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.write("say:hello;");setTimeout(()=>{print(s.available(),s.read(2),s.read(),s.read()==="");s.end()},100)})',
      '5 he llo true',
    ),
    probe(
      'a peer that ends with bytes nobody has read',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("close",h=>print("close",h,s.available(),s.read()));s.write("say:left;end;")})',
      'close false 4 left',
    ),
    probe(
      'data comes before close, and is handled before it',
      dial + 'dial(s=>s.write("say:one;end;")).on("data",d=>Promise.resolve().then(()=>print("then")))',
      'connect\ndrain\ndrain\ndata 3 one\nthen\nend\nclose false',
    ),
    probe(
      'two data listeners',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>print("a",d));s.on("data",d=>print("b",d));s.write("say:x;");setTimeout(()=>s.end(),100)})',
      'a x\nb x',
    ),
    probe(
      'a data listener that throws',
      'let n=0;let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>{if(n++==0)throw "oops";print("again",d);s.end()});s.write("say:x;");setTimeout(()=>s.write("say:y;"),80)})',
      'Uncaught oops\nagain y',
    ),
    probe(
      'a listener taken away hears nothing more',
      'function f(d){print(d)}let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",f);s.write("say:x;");setTimeout(()=>{s.removeListener("data",f);s.write("say:y;")},80);setTimeout(()=>{print(s.available());s.end()},200)})',
      'x\n0',
    ),
    probe(
      'removeAllListeners silences a socket',
      dial +
        'let s=dial();setTimeout(()=>{s.removeAllListeners();s.end()},60);setTimeout(()=>print("quiet"),200)',
      'connect\ndrain\nquiet',
    ),
    probe(
      'removeAllListeners by name',
      dial +
        'let s=dial(s=>s.write("say:x;"));s.removeAllListeners("data");setTimeout(()=>{s.removeAllListeners("close");s.end()},100)',
      'connect\ndrain\ndrain\nend',
    ),
    probe(
      'two sockets side by side',
      dial +
        'let n=0;for(let name of ["a ","b "]){let s=watch(require("net").connect({host:HOST,port:PORT},()=>0),name);setTimeout(()=>s.end(),n+=80)}',
      'a drain\nb drain\na end\na close false\nb end\nb close false',
    ),
    probe(
      'end in a data listener',
      dial + 'dial(s=>s.write("say:x;")).on("data",function(){this.end()})',
      'connect\ndrain\ndrain\ndata 1 x\nend\nclose false',
    ),
    probe(
      'write in a data listener',
      'let n=0;let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>{print(d);if(++n<3)s.write("say:"+n+";");else s.end()});s.write("say:0;")})',
      '0\n1\n2',
    ),
    probe(
      'connect in a close listener',
      dial + 'let n=0;function again(){dial(s=>s.end()).on("close",()=>{if(n++<1)again()})}again()',
      'connect\ndrain\nend\nclose false\nconnect\ndrain\nend\nclose false',
    ),
    probe(
      'a handler added twice hears twice',
      'let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("close",()=>print(1));s.on("close",()=>print(2));s.end()})',
      '1\n2',
    ),
    probe(
      'nobody listens at that port',
      dial +
        'try{watch(require("net").connect({host:HOST,port:PORT+1},()=>print("connect")));print("given")}catch(e){print(e.toString())}',
      'ERROR: Connect failed (err 111)\nInternalError: Unable to create socket',
      {
        virtual: {
          esp8266: 'given\nerror -9 connection reset\nend\nclose true',
          esp32: 'ERROR: Connect failed (err 104)\nInternalError: Unable to create socket',
        },
        because: "The Linux form's sockets are nearest to the ESP32's",
      },
    ),
    probe(
      'connect without a callback',
      'let s=require("net").connect({host:HOST,port:PORT});s.on("connect",()=>{print("connect");s.end()});s.on("close",h=>print("close",h))',
      'connect\nclose false',
    ),
    probe(
      'connect to a text',
      'try{print(typeof require("net").connect("nonsense"))}catch(e){print(e.toString())}',
      'InternalError: Unable to locate host',
      { virtual: { esp8266: 'object' }, because: "The Linux form's sockets are nearest to the ESP32's" },
    ),
    probe(
      'connect to nothing',
      'let r;try{r=require("net").connect()}catch(e){r=e.toString()}print(r)',
      'ERROR: Expecting Options to be an Object but it was undefined\nundefined',
    ),
    probe(
      'drain is told only to who listens at that time',
      dial +
        'let s=require("net").connect({host:HOST,port:PORT},()=>{s.write("say:x;");setTimeout(()=>s.on("drain",()=>print("drain")),80);setTimeout(()=>s.write("say:y;"),120);setTimeout(()=>s.end(),220)})',
      'drain',
    ),
    probe(
      'a stall while bytes arrive',
      'let r="";let s=require("net").connect({host:HOST,port:PORT},()=>{s.on("data",d=>r+=d);s.write("say:a;say:b;");setTimeout(()=>{busy(100);print("stalled",r.length)},5);setTimeout(()=>{print(r);s.end()},180)})',
      'stalled 0\nab',
    ),
    probe(
      'the fields of a socket',
      'let s=require("net").connect({host:HOST,port:PORT},()=>s.end());print(typeof s.write,typeof s.end,typeof s.read,typeof s.available,typeof s.destroy,typeof s.setTimeout)',
      'function function function function undefined undefined',
    ),
  ],
};
