export { ConfigError } from './config-error';
export { kitJson } from './kit-json';
export { kitSettings, type Classroom, type SettingsOptions } from './kit-settings';
export { writeKitFiles, writeKitFilesIfReady } from './kits-command';
export { loadClassroom } from './load';
export { writeKits, type KitFile } from './write-kits';
