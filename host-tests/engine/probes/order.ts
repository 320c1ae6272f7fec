import { type Subject, probe } from './probe';

/** In which order expressions are worked out, and what minified code makes of them. */
export const order: Subject = {
  name: 'order and precedence',
  probes: [
    probe(
      'a variable beside a call that changes it',
      'let a=1;function f(){a=5;return 1}print(a+f(),a)',
      '2 5',
    ),
    probe(
      'a variable beside a call that changes it, from the right',
      'let a=1;function f(){a=5;return 1}print(f()+a)',
      '6',
    ),
    probe('a variable beside its own assignment', 'let a=1;print(a+(a=5),a)', '6 5'),
    probe(
      'a variable minus its own new value',
      'let t=10;let n=25;let d=n-t+(t=n)-n;print(d,t);t=10;print(t-(t=n))',
      '15 25\n-15',
    ),
    probe(
      'a variable beside its own increment',
      'let a=1;print(a+a++,a);a=1;print(a++ +a,a);a=1;print(a+ ++a)',
      '2 2\n3 2\n3',
    ),
    probe(
      'a field beside a call that changes it',
      'let o={x:1};function f(){o.x=5;return 1}print(o.x+f(),o.x)',
      '2 5',
    ),
    probe(
      'an element beside a call that changes it',
      'let o=[1];function f(){o[0]=5;return 1}print(o[0]+f())',
      '2',
    ),
    probe('a parameter beside its own assignment', 'function g(a){return a+(a=5)}print(g(1))', '6'),
    probe('a text beside its own assignment', 'let s="a";print(s+(s="b"),s+(s="c")+s)', 'ab bcc'),
    probe(
      'a comparison with a call that changes the variable',
      'let a=1;function f(){a=9;return 5}print(a<f(),a)',
      'true 9',
    ),
    probe(
      'equality with the assignment of the same variable',
      'let a=1;print(a==(a=5),a);a=1;print(a!==(a=2))',
      'false 5\ntrue',
    ),
    probe(
      'bits of a variable and its own assignment',
      'let a=1;print(a|(a=4),a);a=3;print(a&(a=6))',
      '5 4\n2',
    ),
    probe(
      'a compound assignment whose right side changes the variable',
      'let a=1;function f(){a=5;return 1}a+=f();print(a)',
      '6',
      { virtual: '2', because: 'A compound assignment reads its variable first' },
    ),
    probe(
      'a compound assignment of a field',
      'let o={x:1};function f(){o.x=5;return 1}o.x+=f();print(o.x)',
      '6',
      { virtual: '2', because: 'A compound assignment reads its variable first' },
    ),
    probe(
      'a compound assignment of a text',
      'let s="a";function f(){s="b";return "c"}s+=f();print(s)',
      'bc',
      { virtual: 'ac', because: 'A compound assignment reads its variable first' },
    ),
    probe(
      'arguments of a call',
      'let a=1;function g(x,y){return x+","+y}print(g(a,a=5),g(a,a++),g(a++,a))',
      '1,5 5,5 6,7',
    ),
    probe(
      'elements of a literal',
      'let a=1;print([a,a=5,a].join(),JSON.stringify({x:a,y:a=7,z:a}))',
      '1,5,5 {"x":5,"y":7,"z":7}',
    ),
    probe('parts of a template', 'let a=1;print(`${a} ${a=5} ${a}`)', '1 5 5'),
    probe(
      'an index and its increment',
      'let i=0,o=[];o[i]=i++;o[i++]=i;print(JSON.stringify(o),i)',
      '[0,2] 2',
    ),
    probe(
      'an index that the right side changes',
      'let i=0,o=[];o[i]=i=1;print(JSON.stringify(o),i)',
      '[1] 1',
    ),
    probe(
      'the object that the right side replaces',
      'let o={},q=o;o.x=o={y:1};print(JSON.stringify(q),JSON.stringify(o))',
      '{"x":{"y":1}} {"y":1}',
    ),
    probe(
      'a method whose argument replaces the object',
      'let o={n:1,f:function(){return this.n}};let q=o.f(o={n:2});print(q)',
      '1',
    ),
    probe('|| and && with assignments', 'let a=0;a||(a=5);a&&(a+=1);print(a,a&&(a=0),a)', '6 0 0'),
    probe(
      '?: with assignments',
      'let a=1,b=2,c;c=a?b=3:4;a?b++:c++;print(a,b,c);a=0;a?b=9:c=8;print(b,c)',
      '1 4 3\n4 8',
    ),
    probe('the condition changes what is chosen', 'let a=1;print((a=0)?a:a+2,a++?a:9)', '2 9'),
    probe('comma', 'let a=(1,2,3);let b;for(let i=0,j=5;i<j;i++,j--)b=i+j;print(a,b,(a=1,a+1))', '3 5 2'),
    probe('assignments in a row', 'let a,b,c;a=b=c=1;a+=b+=c+=1;print(a,b,c)', '4 3 2'),
    probe(
      'precedence of sums, shifts, comparisons',
      'print(1+2<<1,1<<1+1,7&3==3,1|2^3&2,5-3-1,2*3%4,8/2/2,10-2*3)',
      '6 4 1 1 1 2 2 4',
    ),
    probe('precedence of && and ||', 'print(1||0&&0,0||1&&2,!1||2,1&&0||3,!0&&5)', '1 2 2 3 5'),
    probe(
      'precedence of equality and comparison',
      'print(1<2==true,3>2>1,1==1==1,"a"in{a:1}==true,!5==0)',
      'true false true true true',
    ),
    probe(
      'signs',
      'let a=5,b=2;print(-a+b,a- -b,a+ +b,- -a,+!a,-a*-b,-a%b,!-a,~-a,-~a)',
      '-3 7 7 5 0 10 -1 false 4 6',
    ),
    probe(
      'typeof, void, delete before operators',
      'let o={a:1};print(typeof 1+1,typeof o.a=="number",void 0==null,!delete o.a,typeof typeof 1)',
      'number1 true true false string',
    ),
    probe(
      'new before calls and fields',
      'function A(){this.x=1}A.prototype.f=function(){return 2};print(new A().x,new A().f(),(new A).x,new A instanceof A)',
      '1 2 1 true',
    ),
    probe(
      'numbers with methods',
      'print(1.5.toFixed(0),5..toFixed(1),.5.toFixed(1),(5).toFixed(1),1e3.toFixed(0))',
      '1 5.0 0.5 5.0 1000',
    ),
    probe('!0, !1, void 0, 1/0', 'print(!0,!1,void 0,1/0,-1/0)', 'true false undefined Infinity -Infinity'),
    probe(
      'functions called where they stand',
      'let r=(()=>1)()+(function(){return 2})();!function(){r+=3}();print(r)',
      '6',
    ),
    probe('functions that give functions', 'let f=a=>b=>a+b;print(f(1)(2),(a=>({x:a}))(3).x)', '3 3'),
    probe('else belongs to the nearest if', 'let r="";if(1)if(0)r="a";else r="b";else r="c";print(r)', 'b'),
    probe(
      'if without braces, empty statements',
      'let r=0;if(0);else r=1;for(;r<3;)r++;while(r<5)r++;do r++;while(r<7);print(r)',
      '7',
    ),
    probe(
      'for with everything in its head',
      'let r="";for(let i=0;i<3;r+=i++);print(r);let j=3;for(;j--;)r+=j;print(r)',
      '012\n012210',
    ),
    probe('a loop that counts down', 'let r="",i=3;for(;--i;)r+=i;while(i++<2)r+=i;print(r)', '2112'),
    probe(
      'blocks in a switch',
      'let r="";for(let x of [1,2,3,4])switch(x){case 1:{let y="a";r+=y;break}case 2:case 3:r+="b";if(x==3)break;default:r+="d"}print(r)',
      'abdbd',
    ),
    probe(
      'a switch with return in each case',
      'function f(x){switch(x){case 1:return "a";case 2:return "b"}return "c"}print(f(1)+f(2)+f(3))',
      'abc',
    ),
    probe(
      'a switch over an expression, and expressions as cases',
      'function f(x){switch(!0){case x<1:return "neg";case x<10:return "few";default:return "many"}}print(f(0),f(5),f(50))',
      'neg few many',
    ),
    probe(
      'continue in a switch in a loop',
      'let r="";for(let i=0;i<4;i++){switch(i){case 1:continue;case 2:r+="x";break}r+=i}print(r)',
      '0x23',
    ),
    probe(
      'return in try, in catch and in a loop',
      'function f(x){for(;;)try{if(x)throw 1;return "t"}catch(e){return "c"+e}}print(f(0),f(1))',
      't c1',
    ),
    probe(
      'an early return in an arrow',
      'let f=x=>{if(!x)return;if(x>5)return "big";return "small"};print(f(0),f(6),f(1))',
      'undefined big small',
    ),
    probe(
      'several variables in one statement',
      'var a,b=1,c=b+1;let d=c+1,e=d*2,g;print(a,b,c,d,e,g)',
      'undefined 1 2 3 6 undefined',
    ),
    probe(
      'regular expressions after return and in conditions',
      String.raw`function f(s){return/^\d+$/.test(s)?1:2}print(f("12"),f("x"),/a/.test("a")&&/b/.test("b"))`,
      '1 2 true',
    ),
    probe('division after a bracket', 'let a=[8],f=()=>8;print(a[0]/2/2,f()/4,(8)/2)', '2 2 4'),
    probe(
      'keywords as keys',
      'let o={if:1,default:2,new:3,of:4,class:5};print(o.if+o.default+o.new+o.of+o.class)',
      '15',
    ),
    probe(
      'keys as texts, numbers and names',
      'let o={"a":1,b:2,3:3,"c d":4};print(o.a+o["b"]+o[3]+o["c d"],o[1+2])',
      '10 3',
    ),
    probe('a key with a variable of the same name', 'let a=1,b=2;let o={a,b};print(o.a,o.b)', '1 2'),
    probe(
      'in a condition an assignment',
      'let m,r="";if((m="x1".match(/x(.)/)))r=m[1];while((m=r.length)<3)r+=m;print(r)',
      '112',
    ),
    probe(
      'bits packed and unpacked',
      'let x=0;x|=1<<3;x|=5<<4;x&=~8;print(x,x>>4&7,x>>>2,(x&80)==80)',
      '80 5 20 true',
    ),
    probe(
      'ticks that count down',
      'let ms=1000;let r="";for(let d of [300,800,100]){ms-=d;if(ms<0)ms=0;r+=ms+" "}print(r)',
      '700 0 0 ',
    ),
    probe(
      'a fraction kept whole',
      'print((25.55*10|0)/10,(21.96*100+.5|0)/100,-2.5|0,2.999999|0,Math.round(21.95*10)/10)',
      '25.5 21.96 -2 2 22',
    ),
    probe(
      'a chain of methods over lines',
      'let r=[3,1,2]\n.map(x=>x*2)\n.filter(x=>x>2)\n.join();print(r)',
      '6,4',
    ),
    probe(
      'a bare return as the last word of a function',
      'let r;try{r=(function(a){a++;return})(1)}catch(e){r=e.toString()}print(r)',
      'SyntaxError: Unexpected end of Input',
      { virtual: 'undefined', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a bare return as the last word of an if',
      'let r;try{r=(function(a){if(a)return})(0)}catch(e){r=e.toString()}print(r)',
      'SyntaxError: Unexpected end of Input',
      { virtual: 'undefined', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a bare return as the last word of an else',
      'let r;try{r=(a=>{for(;;)if(a)a--;else return})(1)}catch(e){r=e.toString()}print(r)',
      'SyntaxError: Unexpected end of Input',
      { virtual: 'undefined', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a bare return before a comment',
      'let r;try{r=(a=>{if(a)return/**/})(1)}catch(e){r=e.toString()}print(r)',
      'SyntaxError: Unexpected end of Input',
      { virtual: 'undefined', because: 'V8 runs more than the interpreter parses' },
    ),
    probe(
      'a bare return with a semicolon',
      'let r;try{r=(a=>{if(a)return;})(1)}catch(e){r=e.toString()}print(r)',
      'undefined',
    ),
    probe(
      'a bare return as the only word of a function',
      'let r;try{r=(function(){return})()}catch(e){r=e.toString()}print(r)',
      'undefined',
    ),
    probe(
      'a bare return at the end of a block',
      'let r;try{r=(a=>{if(a){a++;return}})(1)}catch(e){r=e.toString()}print(r)',
      'undefined',
    ),
    probe(
      'a return with a value, a throw and a break as last words',
      'let r;try{r=[(a=>{if(a)return a})(1),(a=>{for(;;)if(a)break})(1)].length}catch(e){r=e.toString()}print(r)',
      '2',
    ),
    probe('a break out of do-while in a later round', 'let i=0;do{if(i==1)break}while(i++<3);print(i)', '1'),
    probe(
      'a break out of while and for does not',
      'let i=0;while(i++<3)if(i==2)break;let j=0;for(;j<3;j++)if(j==1)break;print(i,j)',
      '2 1',
    ),
    probe(
      'a continue in do-while works out its condition',
      'let i=0,r="";do{if(i==1)continue;r+=i}while(i++<3);print(r,i)',
      '023 4',
    ),
    probe(
      'a return out of do-while',
      'let n=0;function f(){do{if(n==1)return "out"}while(n++<3)}print(f(),n)',
      'out 1',
    ),
    probe(
      'a break in the first round of do-while still works out its condition',
      'let i=0;do{if(i==0)break}while(i++<3);print(i)',
      '1',
      { virtual: '0', because: "Loops and `arguments` are V8's" },
    ),
    probe(
      'a return in the first round of do-while',
      'let n=0;function f(){do{return "out"}while(n++<3)}print(f(),n)',
      'out 0',
    ),
    probe(
      'a break in the first round of while and for',
      'let i=0;while(i++<3)break;let j=0;for(;j<3;j++)break;print(i,j)',
      '1 0',
    ),
  ],
};
