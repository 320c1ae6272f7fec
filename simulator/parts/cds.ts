/** A photoresistor as the lower or upper half of a divider: what reaches the converter is a part of full scale. */
export class Cds {
  /** 0 dark to 1023 bright, whole numbers, in steps of 1/1024 of full scale on either chip; 1024 is beyond its range. */
  level = 512;

  /** Part of the converter's full scale, 0 to 1. */
  fraction(): number {
    return Math.min(1024, Math.max(0, this.level)) / 1024;
  }
}
