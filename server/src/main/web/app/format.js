// Values as people read them.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

const collator = new Intl.Collator(undefined, {numeric: true});

/** The order of [key, name]: 2 comes before 10. */
export function byName(a, b) {
    return collator.compare(a[1], b[1]);
}

/** A number of bytes: 2147483648 is "2 GiB". */
export function bytes(value) {
    let number = Number(value);
    if (!(number >= 0)) {
        return '–';
    }
    let unit = 0;
    while (number >= 1024 && unit < UNITS.length - 1) {
        number /= 1024;
        unit++;
    }
    return `${number >= 100 || Number.isInteger(number) ? Math.round(number) : number.toFixed(1)} ${UNITS[unit]}`;
}

/** A size that somebody types: "20", "20 GiB", "512M"; in bytes, and plain numbers are GiB. NaN for anything else. */
export function size(text) {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text);
    return match ? Math.round(Number(match[1]) * 1024 ** ('kmgt'.indexOf((match[2] || 'g').toLowerCase()) + 1)) : NaN;
}

/** A time of the XenAPI; null for never. */
export function date(text) {
    const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)/.exec(text ?? '');
    const time = match ? Date.UTC(match[1], match[2] - 1, match[3], match[4], match[5], match[6]) : 0;
    return time > 0 ? new Date(time) : null;
}

export function time(text) {
    const when = text instanceof Date ? text : date(text);
    return when ? when.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'}) : '–';
}

/** How long ago: "3 h 12 min". */
export function since(text) {
    const when = date(text);
    const minutes = when ? Math.max(0, Math.floor((Date.now() - when) / 60000)) : NaN;
    if (!(minutes >= 0)) {
        return '–';
    }
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor(minutes / 60) % 24;
    return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** A word of a command line. */
export function quote(text) {
    return /^[\w.:/=@%+,-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`;
}

/** A command of xe: its parameters in their order, those that are undefined left out. */
export function xe(command, params = {}, flags = '') {
    const words = Object.entries(params).filter(([, value]) => value !== undefined)
        .map(([key, value]) => `${key}=${quote(String(value))}`);
    return ['xe', command, ...words, flags].filter(word => word !== '').join(' ');
}
