/** Endings of files that are read as pictures. */
export const pictures = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/** Endings of files that are read as videos. */
export const videos = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv)$/i;
