import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

describe('I2C1', () => {
  test('throws when nobody acknowledges, each chip in its own words', () => {
    const small = bareBoard('esp8266', 'I2C1.setup({sda:D4,scl:D5})');
    expect(thrown(small, 'I2C1.writeTo(61,1)')).toBe('InternalError: I2CWrite: No ACK 0');
    expect(thrown(small, 'I2C1.readFrom(61,1)')).toBe('InternalError: I2CRead: No ACK 0');
    const big = bareBoard('esp32', 'I2C1.setup({sda:D21,scl:D22})');
    expect(thrown(big, 'I2C1.writeTo(61,1)')).toBe("Error: jshI2CWrite: slave doesn't ACK the transfer");
  });

  test('reaches a part only over the pins it is soldered to', () => {
    const bare = bareBoard('esp8266', 'I2C1.setup({sda:D5,scl:D4})');
    expect(thrown(bare, 'I2C1.writeTo(60,0,0xAF)')).toBe('InternalError: I2CWrite: No ACK 0');
    bare.board.evaluate('I2C1.setup({sda:D4,scl:D5})');
    expect(thrown(bare, 'I2C1.writeTo(60,0,0xAF)')).toBe('nothing');
    bare.board.oled.fitted = false;
    expect(thrown(bare, 'I2C1.writeTo(60,0,0xAF)')).toBe('InternalError: I2CWrite: No ACK 0');
  });

  test('takes nine bits for each byte, at a speed that the chip can do', () => {
    const took = (chip: 'esp8266' | 'esp32', bitrate: number): number => {
      const bare = bareBoard(
        chip,
        `I2C1.setup({sda:${chip === 'esp32' ? 'D21,scl:D22' : 'D4,scl:D5'},bitrate:${bitrate}})`,
      );
      return Math.round(
        Number(
          bare.value(
            '(function(){var t=getTime();I2C1.writeTo(60,0x40,new Uint8Array(998));return (getTime()-t)*1e6})()',
          ),
        ),
      );
    };
    // 1,000 bytes with the address, start and stop: 9,002 bits.
    expect(took('esp8266', 100_000)).toBe(90_020);
    expect(took('esp8266', 400_000)).toBe(22_505);
    expect(took('esp8266', 3_400_000)).toBe(22_505);
    expect(took('esp8266', 1000)).toBe(90_020);
    expect(took('esp32', 800_000)).toBe(11_252);
  });

  test('refuses a speed and an option that make no sense', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'I2C1.setup({bitrate:50})')).toBe('Error: Invalid I2C bitrate');
    expect(thrown(bare, 'I2C1.setup({foo:1})')).toBe('Error: Unknown option "foo"');
    expect(thrown(bare, 'I2C1.setup({sda:99,scl:5})')).toBe('Error: Invalid pin');
    expect(thrown(bareBoard('esp32'), 'I2C1.setup({sda:D21,scl:D22,bitrate:5000000})')).toBe(
      'Error: jshI2CSetup: Invalid arguments',
    );
  });

  test('takes bytes in any shape, and an address in an object', () => {
    const bare = bareBoard('esp8266', 'I2C1.setup({sda:D4,scl:D5})');
    bare.board.evaluate('I2C1.writeTo({address:60},"\\0\\x8d",[0x14],new Uint8Array([0xAF]))');
    expect(bare.board.oled.on).toBe(true);
    expect(bare.value('I2C1.readFrom(60,2)')).toEqual([0, 0]);
  });
});
