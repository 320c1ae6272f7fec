import { describe, expect, it } from 'vitest';
import { BoardError } from '../../cli/board-console';
import { choosePort, likelyPorts, portProblem } from '../../cli/ports';

describe('the ports that may have a board', () => {
  it('are those on USB, named after their adapters, in order of their numbers', () => {
    const listed = [
      { path: '/dev/ttyS0' },
      { path: '/dev/ttyUSB10', vendorId: '10C4', manufacturer: 'Silicon Labs' },
      { path: '/dev/ttyUSB2', vendorId: '1a86' },
      { path: '/dev/ttyACM0', vendorId: '303a' },
      { path: '/dev/ttyUSB3' },
      { path: 'COM7', vendorId: '2341', manufacturer: 'Arduino LLC' },
      { path: 'COM1' },
    ];
    expect(likelyPorts(listed)).toEqual([
      { path: '/dev/ttyACM0', title: 'USB port of an Espressif chip' },
      { path: '/dev/ttyUSB2', title: 'CH340 USB serial adapter' },
      { path: '/dev/ttyUSB3' },
      { path: '/dev/ttyUSB10', title: 'CP210x USB serial adapter' },
      { path: 'COM7', title: 'Arduino LLC' },
    ]);
  });

  it('on macOS are the devices that wait for no carrier', () => {
    expect(likelyPorts([{ path: '/dev/tty.usbserial-0001', vendorId: '0403' }])).toEqual([
      { path: '/dev/cu.usbserial-0001', title: 'FTDI USB serial adapter' },
    ]);
  });
});

describe('choosing a port', () => {
  const one = { path: '/dev/ttyUSB0', title: 'CP210x USB serial adapter' };
  const choose = (...ports: { path: string; title?: string }[]) => choosePort(undefined, async () => ports);

  it('takes the only one, or the one that was asked for', async () => {
    expect(await choose(one)).toBe('/dev/ttyUSB0');
    expect(await choosePort('COM9', async () => [one])).toBe('COM9');
  });

  it('explains when there is none, or a choice', async () => {
    await expect(choose()).rejects.toThrow(/^no board found on USB: plug it in/);
    await expect(choose(one, { path: '/dev/ttyUSB1' })).rejects.toThrow(
      'several serial ports: /dev/ttyUSB0 (CP210x USB serial adapter), /dev/ttyUSB1. Choose one with -p /dev/ttyUSB0',
    );
    await expect(choose()).rejects.toBeInstanceOf(BoardError);
  });
});

describe('what is wrong with a port', () => {
  it('is told without opening it', async () => {
    expect(await portProblem('tcp://192.168.0.42:23')).toBeUndefined();
    expect((await portProblem('tcp://'))?.kind).toBe('bad-port');
  });

  it.skipIf(process.platform === 'win32')('where ports are files, is seen in the file', async () => {
    expect((await portProblem('/dev/ttyUSB99'))?.kind).toBe('no-port');
    expect(await portProblem('/dev/null')).toBeUndefined();
  });
});
