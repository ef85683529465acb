// The first boot of a VM: fields for cloud-init, and the drive by which it gets them (NoCloud), as xe vm-install makes it.

import {html} from './lib/preact.js';
import {Field} from './ui.js';

const SECTOR = 2048;
const PATH_TABLES = 19;
const FIRST_FILE = 25;
const MIB = 1 << 20;
const NO_SETTINGS = '#cloud-config\n{}\n';

/** The beginnings by which cloud-init recognises user data. */
const BEGINNINGS = ['#cloud-config', '#!', '#include', '#cloud-boothook', '#part-handler', '## template: jinja', 'Content-Type:', 'MIME-Version:', 'From '];

/** Empty fields of the first boot. */
export const NO_FIRST_BOOT = {keys: '', config: '', network: ''};

/** Whether somebody has filled in a field. */
export function isSet(boot) {
    return Object.values(boot).some(text => text.trim() !== '');
}

/** Fails with the reason for which cloud-init would ignore these fields. */
export function check(boot) {
    if (boot.config && !BEGINNINGS.some(each => boot.config.startsWith(each))) {
        throw new Error('cloud-init would ignore these settings: the first line must be #cloud-config, or begin with #! for a script.');
    }
    if (boot.keys.includes('PRIVATE KEY')) {
        throw new Error('This is a private key. Paste the public one, from the file that ends in .pub.');
    }
}

export function FirstBoot({boot, set}) {
    const part = (key, label, more) => html`<${Field} label=${label} rows="3" spellcheck="false" value=${boot[key]} set=${text => set({...boot, [key]: text})} ...${more}/>`;
    return html`<details><summary>First boot (cloud-init)</summary><div class="fields">
        ${part('keys', 'SSH keys', {hint: 'Public keys for the default user of the image, one a line.'})}
        ${part('config', 'Settings', {placeholder: '#cloud-config', hint: 'A cloud-config, or a script that begins with #!.'})}
        ${part('network', 'Network configuration', {hint: 'Of version 1 or 2. Without it, the guest uses DHCP.'})}
    </div></details>`;
}

const quoted = text => '"' + text.replace(/["\\]/g, '\\$&').replace(/[\0-\x1f]/g, c => '\\x' + c.charCodeAt(0).toString(16).padStart(2, '0')) + '"';

/** The drive of a VM. */
export function drive(boot, uuid, name) {
    const host = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 63).replace(/-$/, '');
    const keys = boot.keys.split('\n').map(line => line.trim()).filter(line => line && !line.startsWith('#'));
    const meta = [`instance-id: ${quoted(uuid)}`, host && `local-hostname: ${quoted(host)}`, keys.length > 0 && 'public-keys:', ...keys.map(key => `  - ${quoted(key)}`)];
    return cdImage('cidata', {
        'meta-data': meta.filter(Boolean).join('\n') + '\n',
        ...boot.network && {'network-config': boot.network},
        'user-data': boot.config || NO_SETTINGS,
    });
}

/** A CD image (ISO 9660) of a whole number of MiB, with files in its root folder. Their real names are in the Joliet extension. */
function cdImage(label, files) {
    let end = FIRST_FILE;
    const places = Object.entries(files).map(([name, text]) => {
        const bytes = new TextEncoder().encode(text);
        const at = end;
        end += Math.max(1, Math.ceil(bytes.length / SECTOR));
        return {name, bytes, at};
    });
    const image = new Uint8Array(Math.ceil(end * SECTOR / MIB) * MIB);
    const view = new DataView(image.buffer);
    const both = (at, value) => {
        view.setUint32(at, value, true);
        view.setUint32(at + 4, value);
    };
    const bothShort = (at, value) => {
        view.setUint16(at, value, true);
        view.setUint16(at + 2, value);
    };
    const narrow = text => Uint8Array.from(text, c => c.charCodeAt(0));
    const wide = text => Uint8Array.from([...text].flatMap(c => [0, c.charCodeAt(0)]));
    /** An entry of a folder; where the next one is. */
    const entry = (at, name, sector, length, flags) => {
        image[at] = 33 + name.length + (name.length % 2 === 0 ? 1 : 0);
        both(at + 2, sector);
        both(at + 10, length);
        image[at + 25] = flags;
        bothShort(at + 28, 1);
        image[at + 32] = name.length;
        image.set(name, at + 33);
        return at + image[at];
    };
    const trees = [
        {type: 1, text: narrow, file: name => narrow(name.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 8) + '.;1')},
        {type: 2, text: wide, file: wide},
    ];
    trees.forEach(({type, text, file}, i) => {
        const start = (16 + i) * SECTOR;
        const tables = PATH_TABLES + 2 * i;
        const root = 23 + i;
        const field = (at, length, value = '') => {
            const blank = text(' ').length;
            image.set(text(value.padEnd(Math.floor(length / blank))), start + at);
        };
        image.set([type, ...narrow('CD001'), 1], start);
        field(8, 32);
        field(40, 32, label);
        both(start + 80, end);
        // The escape sequence of UCS-2 level 3 is what makes a description Joliet.
        image.set(narrow(type === 2 ? '%/E' : ''), start + 88);
        bothShort(start + 120, 1);
        bothShort(start + 124, 1);
        bothShort(start + 128, SECTOR);
        both(start + 132, 10);
        view.setUint32(start + 140, tables, true);
        view.setUint32(start + 148, tables + 1);
        entry(start + 156, [0], root, SECTOR, 2);
        [190, 318, 446, 574].forEach(at => field(at, 128));
        [702, 739, 776].forEach(at => field(at, 37));
        [813, 830, 847, 864].forEach(at => image.set(narrow('0'.repeat(16)), start + at));
        image[start + 881] = 1;
        [true, false].forEach((little, order) => {
            const table = (tables + order) * SECTOR;
            image[table] = 1;
            view.setUint32(table + 2, root, little);
            view.setUint16(table + 6, 1, little);
        });
        let at = entry(root * SECTOR, [0], root, SECTOR, 2);
        at = entry(at, [1], root, SECTOR, 2);
        places.forEach(place => {
            at = entry(at, file(place.name), place.at, place.bytes.length, 0);
        });
    });
    image.set([255, ...narrow('CD001'), 1], 18 * SECTOR);
    places.forEach(place => image.set(place.bytes, place.at * SECTOR));
    return image;
}
