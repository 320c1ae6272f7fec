import { type BoardOptions, Flash, RealClock, VirtualBoard } from '../../../simulator';
import { Console } from '../../../simulator/console';
import { HostNetwork } from '../../../simulator/network';
import { wirings } from '../../simulator/bare-board';
import { FakePort } from './fake-port';

/** A virtual board at the other end of the cable. A reset line that is pulled starts it anew. */
export class UsbBoard {
  readonly port = new FakePort();
  readonly flash: Flash;
  readonly board: VirtualBoard;

  constructor(options: Partial<BoardOptions> = {}) {
    const { port } = this;
    this.flash = options.flash ?? new Flash();
    this.board = new VirtualBoard({
      chip: 'esp8266',
      clock: new RealClock(),
      network: new HostNetwork(),
      mac: '5c:cf:7f:00:00:02',
      wiring: wirings[options.chip ?? 'esp8266'],
      print: (line) => screen.print(line),
      ...options,
      flash: this.flash,
    });
    const screen = new Console(this.board, (bytes) => port.say(bytes));
    port.onTyped = (bytes) => screen.receive(bytes);
    port.onReset = () => {
      this.board.powerOff();
      this.board.powerOn();
    };
    this.board.powerOn();
  }

  /** The cable that is pulled out is its power, too. */
  unplug(): void {
    this.board.powerOff();
    this.port.unplug();
  }
}
