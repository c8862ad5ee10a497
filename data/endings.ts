/** Files that are read as pictures, by their endings. */
export const pictures = /\.(jpe?g|png|webp|avif|tiff?|gif)$/i;

/** Files that are read as videos. */
export const videos = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv)$/i;
