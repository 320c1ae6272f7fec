import { type Subject, probe } from './probe';

/** `t` notes what a function gives, or what it throws. */
const file = 'let s=require("Storage"),r="";function t(f){try{r+=f()+" "}catch(e){r+=e+" "}}';

/** What may be written where in Storage, and when. */
export const storage: Subject = {
  name: 'Storage',
  probes: [
    probe(
      'a file is written and read',
      file +
        't(()=>s.write("a","hello"));t(()=>s.read("a"));t(()=>s.read("a",1,3));t(()=>s.read("a",3));print(r)',
      'true hello ell lo ',
    ),
    probe(
      'a file that is not there',
      file + 't(()=>s.read("none"));t(()=>s.erase("none"));t(()=>typeof s.read("none",1,2));print(r)',
      'undefined undefined undefined ',
    ),
    probe(
      'reading beyond the end',
      file +
        's.write("b","abc");t(()=>"["+s.read("b",3)+"]");t(()=>"["+s.read("b",9,2)+"]");t(()=>s.read("b",1,99));t(()=>s.read("b",-2));t(()=>s.read("b",1,0));t(()=>s.read("b",1,-1));print(r)',
      '[] [] bc abc bc bc ',
    ),
    probe(
      'the same text again changes nothing',
      file + 's.write("c","same");let f=s.getFree();t(()=>s.write("c","same"));t(()=>f-s.getFree());print(r)',
      'true 0 ',
    ),
    probe(
      'another text replaces the file, and costs its room',
      file +
        's.write("d","old");let f=s.getFree();t(()=>s.write("d","newer"));t(()=>s.read("d"));t(()=>f-s.getFree());print(r)',
      'true newer 40 ',
    ),
    probe(
      'erasing brings no room back',
      file +
        's.write("e","12345");let f=s.getFree();s.erase("e");t(()=>f-s.getFree());t(()=>s.read("e"));print(r)',
      '0 undefined ',
    ),
    probe(
      'a file takes a header of 32 bytes and whole words',
      file +
        'let f=s.getFree();s.write("f1","12345");t(()=>f-s.getFree());f=s.getFree();s.write("f2","1234");t(()=>f-s.getFree());print(r)',
      '40 36 ',
    ),
    probe(
      'a file without content',
      file + 't(()=>s.write("g",""));t(()=>s.write("g","",0,0));t(()=>s.read("g"));print(r)',
      "Error: Can't create zero length file Error: Can't create zero length file undefined ",
    ),
    probe(
      'a file laid out and filled piece by piece',
      file +
        't(()=>s.write("h","",0,8));t(()=>E.toUint8Array(s.read("h")).join());t(()=>s.write("h","cd",2));t(()=>s.write("h","gh",6));t(()=>E.toUint8Array(s.read("h")).join());print(r)',
      'true 255,255,255,255,255,255,255,255 true true 255,255,99,100,255,255,103,104 ',
    ),
    probe(
      'the first piece with the size',
      file + 't(()=>s.write("i","ab",0,4));t(()=>s.write("i","cd",2));t(()=>s.read("i"));print(r)',
      'true true abcd ',
    ),
    probe(
      'a byte is written once',
      file +
        's.write("j","ab",0,4);t(()=>s.write("j","b",1));t(()=>s.write("j","x",1));t(()=>s.read("j",0,2));print(r)',
      'Error: File already written with different data Error: File already written with different data ab ',
    ),
    probe(
      'not even fewer bits of a byte are written',
      file +
        String.raw`s.write("k","",0,4);t(()=>s.write("k","\x7f",1));t(()=>s.write("k","\x3f",1));t(()=>s.write("k","\x7f",1));t(()=>s.read("k").charCodeAt(1));print(r)`,
      'true Error: File already written with different data Error: File already written with different data 127 ',
    ),
    probe(
      'a byte of 0xFF stays unwritten',
      file + String.raw`s.write("l","a\xffc",0,4);t(()=>s.write("l","b",1));t(()=>s.read("l",0,3));print(r)`,
      'true abc ',
    ),
    probe(
      'a piece over erased and written bytes is refused whole',
      file +
        's.write("m","",0,6);s.write("m","c",2);t(()=>s.write("m","bcd",1));t(()=>E.toUint8Array(s.read("m")).join());print(r)',
      'Error: File already written with different data 255,255,99,255,255,255 ',
    ),
    probe(
      'offset 0 after pieces makes a new file',
      file +
        's.write("n","",0,8);s.write("n","xx",4);t(()=>s.write("n","P",0,8));t(()=>E.toUint8Array(s.read("n")).join());print(r)',
      'true 80,255,255,255,255,255,255,255 ',
    ),
    probe(
      'offset 0 without the size makes a file of that length',
      file + 's.write("o","",0,8);t(()=>s.write("o","P",0));t(()=>s.read("o").length);print(r)',
      'true 1 ',
    ),
    probe(
      'offset 0 with the size on an empty file goes on with it',
      file +
        's.write("p","",0,8);let f=s.getFree();t(()=>s.write("p","abc",0,8));t(()=>f-s.getFree());t(()=>s.write("p","h",7));t(()=>s.read("p").length);print(r)',
      'true 0 true 8 ',
    ),
    probe(
      'the same first piece again makes a new file',
      file +
        's.write("q","ab",0,4);s.write("q","cd",2);let f=s.getFree();t(()=>s.write("q","ab",0,4));t(()=>f-s.getFree());t(()=>E.toUint8Array(s.read("q")).join());print(r)',
      'true 36 97,98,255,255 ',
    ),
    probe(
      'beyond the size',
      file +
        's.write("r","",0,4);t(()=>s.write("r","ab",3));t(()=>s.write("r","abcde",0,4));t(()=>s.write("r","a",4));print(r,E.toUint8Array(s.read("r")).join())',
      'Error: Too much data for file size Error: Too much data for file size Error: Too much data for file size  255,255,255,255',
    ),
    probe(
      'a piece of no bytes',
      file +
        's.write("s","",0,4);t(()=>s.write("s","",2));t(()=>s.write("s","",4));t(()=>s.write("s","",9));print(r)',
      "Error: Can't create zero length file Error: Can't create zero length file Error: Can't create zero length file ",
    ),
    probe(
      'a piece of a file that is not there',
      file + 't(()=>s.write("none","a",1));t(()=>s.write("none","a",1,5));t(()=>s.read("none"));print(r)',
      'Error: Unable to find or create file Error: Unable to find or create file undefined ',
    ),
    probe(
      'a negative offset and size',
      file + 't(()=>s.write("t","a",-1));t(()=>s.write("t","a",0,-1));t(()=>s.read("t"));print(r)',
      'false false undefined ',
    ),
    probe(
      'data that is no text',
      file +
        't(()=>s.write("u",[1,2,300]));t(()=>E.toUint8Array(s.read("u")).join());t(()=>s.write("u",new Uint8Array([5,6])));t(()=>E.toUint8Array(s.read("u")).join());t(()=>s.write("u",65));t(()=>s.read("u"));print(r)',
      'true 1,2,44 true 5,6 true A ',
    ),
    probe(
      'an object is written as JSON',
      file + 't(()=>s.write("v",{a:1,b:"x"}));t(()=>s.read("v"));t(()=>s.readJSON("v").b);print(r)',
      'true {"a":1,"b":"x"} x ',
    ),
    probe(
      'data that is nothing',
      file + 'for(let x of [undefined,null,true,print])t(()=>s.write("w",x));print(r)',
      "Error: Can't get pointer to data to write TypeError: Expecting Number or iterable, got null true Error: Can't create zero length file ",
    ),
    probe(
      'writeJSON leaves out quotes around keys',
      file +
        String.raw`t(()=>s.writeJSON("x",{a:1,"b-c":[true,null,"\xb0"]}));t(()=>s.read("x"));t(()=>JSON.stringify(s.readJSON("x")));print(r)`,
      String.raw`true {a:1,"b-c":[true,null,"\xB0"]} {"a":1,"b-c":[true,null,"\u00B0"]} `,
    ),
    probe(
      'readJSON of what is no JSON',
      file +
        's.write("y","{broken");t(()=>s.readJSON("y"));t(()=>s.readJSON("y",true));t(()=>s.readJSON("none"));t(()=>s.readJSON("none",1));print(r)',
      "SyntaxError: Got EOF expected ':' undefined undefined undefined ",
    ),
    probe(
      'names',
      file +
        't(()=>s.write("a name of twenty-eight bytes",1));t(()=>s.read("a name of twenty-eight bytes").length);t(()=>s.write("a name of more than twenty-eight bytes",1));t(()=>s.list(/^a name/).join());print(r)',
      'true 1 true a name of twenty-eight bytes,a name of more than twenty-e ',
    ),
    probe(
      'names of no bytes and of odd ones',
      file +
        String.raw`t(()=>s.write("","x"));t(()=>s.read(""));t(()=>s.write("\xb0\1","y"));t(()=>s.read("\xb0\1"));t(()=>s.write(5,"z"));t(()=>s.read("5"));print(r)`,
      'true x true y true z ',
    ),
    probe(
      'list',
      file +
        's.write("la","1");s.write("lb","2");s.erase("la");t(()=>s.list(/^l[ab]$/).join());t(()=>s.list("lb").length);t(()=>Array.isArray(s.list()));print(r)',
      'lb 1 true ',
    ),
    probe(
      'a list comes in the order of writing',
      file +
        String.raw`s.write("z1","1");s.write("z2","2");s.write("z1","3");t(()=>s.list(/^z\d$/).join());print(r)`,
      'z2,z1 ',
    ),
    probe(
      'a text read stays what it was when the file is replaced',
      file +
        's.write("ka","before");let x=s.read("ka");s.write("ka","after!");t(()=>x);t(()=>s.read("ka"));print(r)',
      'null after! ',
      { virtual: 'before after! ', because: 'What was read from Storage is a copy' },
    ),
    probe(
      'a text read when the file is erased',
      file + 's.write("kz","before");let x=s.read("kz");s.erase("kz");t(()=>x);print(r)',
      'null ',
      { virtual: 'before ', because: 'What was read from Storage is a copy' },
    ),
    probe(
      'a copy of a text read stays what it was',
      file + 's.write("ky","before");let x=s.read("ky")+"";s.write("ky","after!");t(()=>x);print(r)',
      'before ',
    ),
    probe(
      'pieces of a text read',
      file +
        's.write("kb","hello world");let x=s.read("kb");t(()=>x.length);t(()=>x.substr(6));t(()=>x[4]);t(()=>x.indexOf("o",5));t(()=>x+"!");t(()=>x=="hello world");t(()=>E.CRC32(x)==E.CRC32("hello world"));print(r)',
      '11 world o 7 hello world! true true ',
    ),
    probe(
      'all bytes go in and come out',
      file +
        'let x="";for(let i=0;i<256;i++)x+=String.fromCharCode(i);t(()=>s.write("kc",x));t(()=>s.read("kc")==x);t(()=>E.CRC32(s.read("kc"))==E.CRC32(x));print(r)',
      'true true true ',
    ),
    probe(
      'code in a file',
      file + 's.write("kd","function made(){return 42}made()");t(()=>eval(s.read("kd")));print(r)',
      '42 ',
    ),
    probe(
      'a counter in erased bytes',
      file +
        String.raw`s.write("ke","",0,4);for(let i=1;i<4;i++)t(()=>s.write("ke","1",i));t(()=>s.read("ke").lastIndexOf("1"));t(()=>s.read("ke").indexOf("\xff"));print(r)`,
      'true true true 3 0 ',
    ),
    probe(
      'the last byte of a slot decides',
      file +
        's.write("kf","body",0,6);s.write("kf","V",4);t(()=>s.read("kf")[4]);t(()=>s.read("kf").charCodeAt(5));t(()=>s.write("kf","B",5));t(()=>s.write("kf","x",5));t(()=>s.read("kf"));print(r)',
      'V 255 true Error: File already written with different data bodyVB ',
    ),
    probe(
      'statistics',
      file +
        'let a=s.getStats();s.write("kg","12345678");let b=s.getStats();t(()=>b.fileCount-a.fileCount);t(()=>b.fileBytes-a.fileBytes);t(()=>a.freeBytes-b.freeBytes);t(()=>a.freeBytes===b.freeBytes+40);t(()=>Object.keys(a).join());print(r)',
      '1 40 40 true totalBytes,freeBytes,fileBytes,fileCount,trashBytes,trashCount ',
    ),
    probe(
      'what is too large for Storage',
      file + 't(()=>s.write("kh","a",0,9999999));t(()=>s.read("kh"));print(r)',
      'Error: Unable to find or create file undefined ',
      { except: { esp32: 'Compacting... \nError: Unable to find or create file undefined ' } },
    ),
    probe(
      'hash changes with the files',
      file +
        'let a=s.hash();s.write("ki","1");let b=s.hash();t(()=>a!=b);t(()=>typeof a);t(()=>s.hash(/^ki$/)!=s.hash(/^none$/));print(r)',
      'true number true ',
    ),
    probe(
      'a size given as a text, an offset as a text',
      file +
        't(()=>s.write("kj","ab","0","4"));t(()=>s.write("kj","cd","2"));t(()=>s.read("kj","1","2"));print(r)',
      'true true bc ',
    ),
    probe(
      'E.setBootCode is told by its file',
      String.raw`print(require("Storage").read(".bootcde").length>100,require("Storage").list(/^\.boot/).join())`,
      'true .bootcde',
    ),
  ],
};
