export { type Clock, RealClock, VirtualClock } from './clock';
export { type FlashOptions, Flash, PowerCut, esp32StorageBytes, esp8266StorageBytes } from './flash';
export { BoardInterpreter, type EventMethods, type Interpreter } from './interpreter';
export { type Storage, type StorageStats, createStorage } from './storage';
