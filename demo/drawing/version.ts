/** Of the drawings: other numbers are other pixels. A test holds it against what is drawn. */
export const drawingVersion = 1;
