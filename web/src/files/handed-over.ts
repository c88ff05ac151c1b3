/** A file that one station gives to another: it is taken once. */
class HandedOver {
  private file: File | null = null;

  give(file: File): void {
    this.file = file;
  }

  take(): File | null {
    const { file } = this;
    this.file = null;
    return file;
  }
}

export const handedOver = new HandedOver();
