import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

describe('events', () => {
  test('exist on every object, without showing up among its keys', () => {
    const { board, clock, value } = bareBoard('esp8266', 'var o={a:1},got=[];');
    board.evaluate('o.on("x",function(v){got.push(v)});o.emit("x",7)');
    clock.advance(1);
    expect(value('got')).toEqual([7]);
    expect(value('(function(){var k=[];for(var i in o)k.push(i);return k})()')).toEqual(['a']);
  });

  test('are queued: listeners run after the code that emits has ended', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var order=[];E.on("e",function(){order.push("listener")});E.emit("e");order.push("after emit")',
    );
    clock.advance(1);
    expect(value('order')).toEqual(['after emit', 'listener']);
  });

  test('carry at most four arguments', () => {
    const bare = bareBoard('esp8266', 'var got;E.on("e",function(){got=[].slice.call(arguments)})');
    expect(thrown(bare, 'E.emit("e",1,2,3,4,5)')).toBe('TypeError: Too many arguments (>4)');
    bare.clock.advance(1);
    expect(bare.value('got')).toEqual([1, 2, 3, 4]);
  });

  test('keep a listener that throws, and call the next ones', () => {
    const { board, clock, lines, value } = bareBoard(
      'esp8266',
      'var n=0;E.on("e",function(){n++;throw "broken"});E.on("e",function(){n+=10})',
    );
    for (let i = 0; i < 2; i++) {
      board.evaluate('E.emit("e")');
      clock.advance(1);
    }
    expect([value('n'), lines]).toEqual([22, ['Uncaught broken', 'Uncaught broken']]);
  });

  test('do not reach a listener that is added while they are handled', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var n=0;E.on("e",function(){E.on("e",function(){n++})});E.emit("e");',
    );
    clock.advance(1);
    expect(value('n')).toBe(0);
  });

  test('do not reach a listener that is added after they were emitted', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var got=[];E.on("e",function(){got.push("first")});E.emit("e");E.on("e",function(){got.push("second")})',
    );
    clock.advance(1);
    expect(value('got')).toEqual(['first']);
  });

  test('stop at removeListener and removeAllListeners', () => {
    const { board, clock, value } = bareBoard(
      'esp8266',
      'var got=[];function a(){got.push("a")}function b(){got.push("b")}',
    );
    board.evaluate('E.on("e",a);E.on("e",b);E.prependListener("e",b);E.removeListener("e",a);E.emit("e")');
    clock.advance(1);
    board.evaluate('E.removeAllListeners("e");E.emit("e")');
    clock.advance(1);
    expect(value('got')).toEqual(['b', 'b']);
    expect(board.counts().listeners).toBe(0);
  });

  test('want a name and something to call', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'E.on(5,print)')).toBe('TypeError: First argument must be String');
    expect(thrown(bare, 'E.on("e",5)')).toBe('TypeError: Second argument must be a function or a String');
  });
});

describe('an exception that nobody catches', () => {
  test('is printed with the place in the code', () => {
    const { lines } = bareBoard(
      'esp8266',
      'var a=1;\nfunction fail(){\n  throw new Error("no");\n}\nfail();',
    );
    expect(lines).toEqual(['Uncaught Error: no', '    at fail (.bootcde:3:9)', '    at .bootcde:5:1']);
  });

  test('goes to process.on("uncaughtException") instead when somebody listens', () => {
    const { board, clock, lines, value } = bareBoard(
      'esp8266',
      'var got;process.on("uncaughtException",function(e){got=e.message});setTimeout(function(){throw new TypeError("t")},1)',
    );
    clock.advance(5);
    expect([value('got'), lines, board.counts().listeners]).toEqual(['t', [], 1]);
  });

  test('can be anything at all', () => {
    const { clock, lines } = bareBoard(
      'esp8266',
      'setTimeout(function(){throw {a:1}},1);setTimeout(function(){throw "text"},2)',
    );
    clock.advance(5);
    expect(lines).toEqual(['Uncaught [object Object]', 'Uncaught text']);
  });
});

describe('promises', () => {
  test('react in the next idle pass and hand values on', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var got=[];Promise.resolve(1).then(function(v){got.push(v);return Promise.resolve(v+1)}).then(function(v){got.push(v);throw "x"})' +
        '.catch(function(e){got.push(e)});got.push("now")',
    );
    clock.advance(1);
    expect(value('got')).toEqual(['now', 1, 2, 'x']);
  });

  test('gather in Promise.all, and one refusal refuses all', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var got=[];Promise.all([1,new Promise(function(r){setTimeout(r,5,2)})]).then(function(v){got.push(v)});' +
        'Promise.all([Promise.reject("no"),1]).catch(function(e){got.push(e)})',
    );
    clock.advance(10);
    expect(value('got')).toEqual(['no', [1, 2]]);
  });

  test('that are refused without anybody listening are printed', () => {
    const { clock, lines } = bareBoard('esp8266', 'Promise.reject("lost")');
    clock.advance(1);
    expect(lines).toEqual(['Uncaught Error: Unhandled promise rejection: lost']);
  });

  test('have no race, any, allSettled or finally', () => {
    expect(
      bareBoard().value(
        '[typeof Promise.race,typeof Promise.any,typeof Promise.allSettled,typeof Promise.resolve().finally]',
      ),
    ).toEqual(Array(4).fill('undefined'));
  });
});
