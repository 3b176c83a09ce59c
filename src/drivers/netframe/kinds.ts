/** config/media.php, "file_types": for each type that is taken, the extensions that it is listed for; one of each extension is enough. */
const TYPES: readonly (readonly [string, string])[] = [
  ["application/arj", "arj"],
  ["application/binhex", "hqx"],
  ["application/ecmascript", "es"],
  ["application/excel", "xl xla xlb xlc xld xlk xll xlm xlt xlv xlw"],
  ["application/font-sfnt", "sfnt"],
  ["application/font-woff", "woff"],
  ["application/font-woff2", "woff2"],
  ["application/gnutar", "tgz"],
  ["application/inf", "inf"],
  ["application/java", "class"],
  ["application/json", "json"],
  ["application/mac-binary", "bin"],
  ["application/mspowerpoint", "pot ppz"],
  ["application/msword", "doc dot rtf"],
  ["application/octet-stream", "com dump"],
  ["application/pdf", "pdf"],
  ["application/postscript", "ai eps ps"],
  ["application/rtf", "rtx"],
  ["application/vnd.adobe.air-application-installer-package+zip", "air"],
  ["application/vnd.apple.installer+xml", "mpkg"],
  ["application/vnd.ms-excel", "csv xls"],
  ["application/vnd.ms-fontobject", "eot"],
  ["application/vnd.ms-officetheme", "thmx"],
  ["application/vnd.ms-outlook", "msg oft"],
  ["application/vnd.ms-powerpoint", "pps ppt pwz"],
  ["application/vnd.ms-works", "wps"],
  ["application/vnd.oasis.opendocument.chart", "odc"],
  ["application/vnd.oasis.opendocument.database", "odb"],
  ["application/vnd.oasis.opendocument.formula", "odf"],
  ["application/vnd.oasis.opendocument.graphics", "odg"],
  ["application/vnd.oasis.opendocument.graphics-template", "otg"],
  ["application/vnd.oasis.opendocument.image", "odi"],
  ["application/vnd.oasis.opendocument.presentation", "odp"],
  ["application/vnd.oasis.opendocument.presentation-template", "otp"],
  ["application/vnd.oasis.opendocument.spreadsheet", "ods"],
  ["application/vnd.oasis.opendocument.spreadsheet-template", "ots"],
  ["application/vnd.oasis.opendocument.text", "odt"],
  ["application/vnd.oasis.opendocument.text-master", "odm"],
  ["application/vnd.oasis.opendocument.text-template", "ott"],
  ["application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"],
  ["application/vnd.openxmlformats-officedocument.presentationml.slideshow", "ppsx"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsm xlsx"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/x-apple-diskimage", "dmg"],
  ["application/x-bsh", "sh shar"],
  ["application/x-bytecode.python", "pyc"],
  ["application/x-bzip", "bz"],
  ["application/x-bzip2", "boz bz2"],
  ["application/x-compress", "z"],
  ["application/x-compressed", "gz zip"],
  ["application/x-csh", "csh"],
  ["application/x-debian-package", "deb"],
  ["application/x-dosexec", "exe"],
  ["application/x-font-opentype", "otf"],
  ["application/x-font-ttf", "ttf"],
  ["application/x-gzip", "gzip"],
  ["application/x-indesign", "indd"],
  ["application/x-iwork-keynote-sffkey", "key"],
  ["application/x-iwork-keynote-sffnumbers", "numbers"],
  ["application/x-javascript", "js"],
  ["application/x-latex", "latex"],
  ["application/x-mspublisher", "pub"],
  ["application/x-pagemaker", "pm4 pm5"],
  ["application/x-pointplus", "css"],
  ["application/x-rar-compressed", "rar"],
  ["application/x-shockwave-flash", "swf"],
  ["application/x-tar", "tar"],
  ["application/zip", "pages"],
  ["image/svg+xml", "svg"],
  ["image/tiff", "tif tiff"],
  ["image/vnd.adobe.photoshop", "psd"],
  ["image/vnd.dwg", "dwg"],
  ["image/x-icon", "ico"],
  ["message/rfc822", "eml"],
  ["text/asp", "asp"],
  ["text/html", "htm html htmls htx shtml"],
  ["text/pascal", "pas"],
  ["text/php", "php"],
  ["text/plain", "c++ conf h hh less log pl sass text txt"],
  ["text/richtext", "rt"],
  ["text/webviewhtml", "htt"],
  ["text/x-c", "c cpp"],
  ["text/x-java-source", "jav java"],
  ["text/x-pascal", "p"],
  ["text/x-script.perl-module", "pm"],
  ["text/x-script.phyton", "py"],
  ["text/xml", "xml"],
];
const TAKEN: ReadonlyMap<string, string> = new Map(TYPES.flatMap(([mediaType, extensions]) => extensions.split(" ").map((one) => [one, mediaType] as const)));

/**
 * Pictures, sounds and films of the same list. Pictures over 800 pixels are made smaller where they stand (packages/netframe/media, CropHandler, `cropMainImage`);
 * sounds and films go to a folder for an encoder that is not in the source (config/media.php, "file_systems"; MediaManager, `upload`).
 */
const CHANGED: ReadonlySet<string> = new Set("3gp aac avi bmp flac flv gif heic jfif jpe jpeg jpg m4a m4v mkv mov mp2 mp3 mp4 mpeg mpg mts ogg opus png wav webp wma wmv".split(" "));

/** What becomes of a file of that name: kept as it is under a type that its extension is listed with, changed, or refused, which writes an e-mail to the product's administrator. */
export type Kind = { readonly kept: string } | "changed" | "refused";

/** FileTypeRegistry, `getFileType`: by what follows the last dot, and by the type that the server finds or the one that the form tells. */
export function kindOf(name: string): Kind {
  const extension = (/\.([^.]*)$/.exec(name)?.[1] ?? "").toLowerCase();
  const kept = TAKEN.get(extension);
  if (kept !== undefined) return { kept };
  return CHANGED.has(extension) ? "changed" : "refused";
}
