import { type Probe, type Subject, probe } from './probe';

/** Prints the bytes of a buffer. */
const hex =
  'function hex(g){let r="";for(let b of new Uint8Array(g.buffer))r+=(b<16?"0":"")+b.toString(16);print(r)}';
/** "A", "B" and "C" of five columns. */
const font = String.raw`let F="\x7e\x11\x11\x11\x7e\x7f\x49\x49\x49\x36\x00\x41\x7f\x41\x00";`;

interface Canvas {
  width?: number;
  height?: number;
  msb?: boolean;
}

/** Draws on `g` and prints its bytes. */
function drawn(title: string, code: string, prints: string, canvas: Canvas = {}): Probe {
  const { width = 16, height = 8, msb = false } = canvas;
  const options = msb ? '{vertical_byte:true}' : '{vertical_byte:true,msb:false}';
  const make = `let g=Graphics.createArrayBuffer(${width},${height},1,${options});`;
  return probe(title, `${hex}${font}${make}${code};hex(g)`, prints);
}

/** Graphics as the firmware uses it: one bit a pixel, bytes upright, a font of its own. */
export const graphics: Subject = {
  name: 'Graphics',
  probes: [
    drawn('an empty buffer', '', '00000000000000000000000000000000'),
    drawn(
      'a pixel',
      'g.setPixel(3,2);g.setPixel(0,0,1);g.setPixel(15,7)',
      '01000004000000000000000000000080',
    ),
    drawn(
      'a pixel with the highest bit on top',
      'g.setPixel(3,2);g.setPixel(0,0)',
      '80000020000000000000000000000000',
      { msb: true },
    ),
    drawn(
      'pixels outside',
      'g.setPixel(-1,0);g.setPixel(16,0);g.setPixel(0,-1);g.setPixel(0,8)',
      '00000000000000000000000000000000',
    ),
    drawn(
      'a pixel taken away',
      'g.setPixel(1,1);g.setPixel(1,2);g.setPixel(1,1,0)',
      '00040000000000000000000000000000',
    ),
    drawn(
      'rows below each other',
      'g.setPixel(2,9);g.setPixel(3,23)',
      '000000000000000000000200000000000000008000000000',
      { width: 8, height: 24 },
    ),
    drawn(
      'text in a font of 5 columns',
      'g.setFontCustom(F,65,5,8).drawString("ABC",0,0)',
      '7e8888887efe9292926c0082fe820000',
    ),
    drawn(
      'text in a font of 6 columns',
      String.raw`g.setFontCustom("\x7e\x11\x11\x11\x7e\0\x7f\x49\x49\x49\x36\0",65,6,8).drawString("AB",1,0)`,
      '007e8888887e00fe9292926c00000000',
    ),
    drawn(
      'text with the highest bit on top',
      'g.setFontCustom(F,65,5,8).drawString("AB",0,0)',
      '7e1111117e7f49494936000000000000',
      { msb: true },
    ),
    drawn(
      'text that starts left of the edge',
      'g.setFontCustom(F,65,5,8).drawString("AB",-3,0)',
      '887efe9292926c000000000000000000',
    ),
    drawn(
      'text that leaves at the right',
      'g.setFontCustom(F,65,5,8).drawString("ABCABC",6,0)',
      '0000000000007e8888887efe9292926c',
    ),
    drawn(
      'text above and below the edge',
      'g.setFontCustom(F,65,5,8).drawString("A",0,-3);g.drawString("B",8,4)',
      '0f1111110f000000e0202020c0000000',
    ),
    drawn(
      'text at a row that is no multiple of eight',
      'g.setFontCustom(F,65,5,8).drawString("A",0,3)',
      'f0404040f00000000304040403000000',
      { width: 8, height: 16 },
    ),
    drawn(
      'text with a line end',
      String.raw`g.setFontCustom(F,65,5,8).drawString("A\nB",0,0)`,
      '7e8888887e000000fe9292926c000000',
      { width: 8, height: 16 },
    ),
    drawn(
      'text of characters that the font lacks',
      'g.setFontCustom(F,65,5,8).drawString(" A!zB",0,0)',
      '00000000007e8888887e00000000000000000000fe9292926c00000000000000',
      { width: 32, height: 8 },
    ),
    drawn(
      'text of bytes above 127',
      String.raw`g.setFontCustom(F,0xAE,5,8).drawString("\xae\xb0",0,0)`,
      '7e8888887e0082fe8200000000000000',
    ),
    drawn(
      'text scaled by two',
      'g.setFontCustom(F,65,5,8|512).drawString("AB",0,0)',
      'fcfcc0c0c0c0c0c0fcfcfcfc0c0c0c0c0c0cf0f0000000003f3fc0c0c0c0c0c03f3fffffc3c3c3c3c3c33c3c00000000',
      { width: 24, height: 16 },
    ),
    drawn(
      'text scaled by three',
      'g.setFontCustom(F,65,5,8|768).drawString("A",0,0)',
      'f8f8f8000000000000000000f8f8f800ffffff0e0e0e0e0e0e0e0e0effffff001f1f1fe0e0e0e0e0e0e0e0e01f1f1f00',
      { width: 16, height: 24 },
    ),
    drawn(
      'text scaled by two and cut off',
      'g.setFontCustom(F,65,5,8|512).drawString("AB",-4,-5)',
      '06060606ffffffff181818181818e7e7',
    ),
    drawn(
      'text drawn over text',
      'g.setFontCustom(F,65,5,8).drawString("A",0,0).drawString("B",0,0)',
      'fe9a9a9a7e0000000000000000000000',
    ),
    drawn(
      'text drawn solid over text',
      'g.setFontCustom(F,65,5,8).drawString("A",0,0).drawString("B",0,0,true)',
      'fe9292926c0000000000000000000000',
    ),
    drawn(
      'text in the colour of the background',
      'g.setFontCustom(F,65,5,8).fillRect(0,0,15,7).setColor(0).drawString("AB",0,0)',
      '8177777781016d6d6d93ffffffffffff',
    ),
    drawn(
      'a number drawn as text',
      'g.setFontCustom(F,0x31,5,8).drawString(12,0,0)',
      '7e8888887efe9292926c000000000000',
    ),
    drawn(
      'text at a place that is no whole number',
      'g.setFontCustom(F,65,5,8).drawString("A",1.7,0.6)',
      '007e8888887e00000000000000000000',
    ),
    drawn(
      'text drawn without a place',
      'g.setFontCustom(F,65,5,8).drawString("A")',
      '7e8888887e0000000000000000000000',
    ),
    drawn('a rectangle', 'g.fillRect(1,2,4,5)', '003c3c3c3c0000000000000000000000'),
    drawn(
      'a rectangle given from its other corner',
      'g.fillRect(4,5,1,2)',
      '003c3c3c3c0000000000000000000000',
    ),
    drawn('a rectangle larger than the buffer', 'g.fillRect(-5,-5,99,3)', '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f'),
    drawn('a rectangle of two pages', 'g.fillRect(2,6,3,9)', '0000c0c0000000000000030300000000', {
      width: 8,
      height: 16,
    }),
    drawn('a rectangle of one pixel', 'g.fillRect(7,7,7,7)', '00000000000000800000000000000000'),
    drawn(
      'colours',
      'g.setColor(1).setPixel(0,0);g.setColor(0).setPixel(0,0);g.setColor(3).setPixel(1,0);g.setColor(2).setPixel(2,0)',
      '00010000000000000000000000000000',
    ),
    drawn('clear', 'g.fillRect(0,0,9,7).clear().setPixel(1,1)', '00020000000000000000000000000000'),
    drawn(
      'clear keeps the font',
      'g.setFontCustom(F,65,5,8).clear().drawString("A",0,0)',
      '7e8888887e0000000000000000000000',
    ),
    drawn(
      'clear keeps the colour',
      'g.setColor(0).clear().setPixel(1,1)',
      '00000000000000000000000000000000',
    ),
    drawn(
      'drawing gives the graphics back',
      'print(g.clear()===g,g.setColor(1)===g,g.setFontCustom(F,65,5,8)===g,g.drawString("",0,0)===g,g.setPixel(0,0)===g,g.fillRect(0,0,0,0)===g)',
      'true true true true true true\n01000000000000000000000000000000',
    ),
    drawn(
      'its size and its pixels',
      'g.setPixel(3,3);print(g.getWidth(),g.getHeight(),g.getPixel(3,3),g.getPixel(3,4),g.getPixel(-1,0),g.getPixel(99,0))',
      '16 8 1 0 0 0\n00000008000000000000000000000000',
    ),
    drawn(
      'the width of a text',
      'g.setFontCustom(F,65,5,8);print(g.stringWidth("AB"),g.stringWidth(""),g.setFontCustom(F,65,5,8|512).stringWidth("AB"))',
      '10 0 20\n00000000000000000000000000000000',
    ),
    drawn(
      'the buffer is a view and not a copy',
      'new Uint8Array(g.buffer)[2]=255;print(g.getPixel(2,0),g.buffer.byteLength)',
      '1 16\n0000ff00000000000000000000000000',
    ),
    drawn(
      'the bytes of a buffer as text',
      'g.fillRect(0,0,3,0);print(E.toString(g.buffer).length,E.toUint8Array(g.buffer)[0],E.CRC32(g.buffer))',
      '16 1 3148954079\n01010101000000000000000000000000',
    ),
    drawn(
      'a font in Storage',
      'require("Storage").write("font",F);g.setFontCustom(require("Storage").read("font"),65,5,8).drawString("BAC",0,0)',
      'fe9292926c7e8888887e0082fe820000',
    ),
    probe(
      'buffers that cannot be',
      'let r="";for(let a of [[0,8,1],[8,0,1],[-1,8,1],[70000,8,1]])try{Graphics.createArrayBuffer(a[0],a[1],a[2],{vertical_byte:true});r+="made "}catch(e){r+=e+" "}print(r)',
      'Error: Invalid Size Error: Invalid Size Error: Invalid Size Error: Invalid Size ',
    ),
    probe(
      'fonts that cannot be',
      font +
        'let g=Graphics.createArrayBuffer(8,8,1,{vertical_byte:true,msb:false});let r="";for(let a of [[5,65,5,8],[F,-1,5,8],[F,256,5,8],[F,65,undefined,8],[F,65,5,0],[undefined,65,5,8]])try{g.setFontCustom(a[0],a[1],a[2],a[3]);r+="taken "}catch(e){r+=e+" "}print(r)',
      'Error: Font bitmap must be a String Error: First character out of range Error: First character out of range Error: Font width must be a String or an integer taken Error: Font bitmap must be a String ',
    ),
    probe(
      'a height that is no multiple of eight',
      hex +
        'let g=Graphics.createArrayBuffer(4,12,1,{vertical_byte:true,msb:false});g.fillRect(0,0,1,11);hex(g);print(g.buffer.byteLength)',
      'thrown Error: height must be a multiple of 8 when using vertical_byte',
    ),
  ],
};
