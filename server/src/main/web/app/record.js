// The page of any object: all its fields, with links to the objects that they name.

import {html, useEffect, useState} from './lib/preact.js';
import {ApiError, call} from './api.js';
import {NULL, all, byUuid, find, useObjects} from './store.js';
import {explain} from './errors.js';
import {Copy, Empty, Failure} from './ui.js';

/** Classes with pages of their own. */
const PAGES = {vm: 'vm', host: 'host', sr: 'sr', vdi: 'disk', network: 'network', task: 'task'};

/** Classes as calls name them, where that is not in small letters. */
const NAMES = Object.fromEntries(['VM', 'VM_metrics', 'VM_guest_metrics', 'VBD', 'VDI', 'VIF', 'SR', 'PBD', 'PIF', 'Bond', 'VLAN'].map(name => [name.toLowerCase(), name]));

/** The address of the page with all fields of an object. */
export function fieldsOf(kind, record) {
    return `#/object/${NAMES[kind] ?? kind}/${record.uuid}`;
}

/** The address of an object. */
export function addressOf(kind, record) {
    return PAGES[kind] && !record.is_a_snapshot ? `#/${PAGES[kind]}/${record.uuid}` : fieldsOf(kind, record);
}

/** A link to the page with all fields of an object. */
export function AllFields({kind, record}) {
    return html`<a class="button" href=${fieldsOf(kind, record)}>All fields</a>`;
}

function Value({value}) {
    if (value === null || typeof value !== 'object') {
        const [kind, record] = typeof value === 'string' && value.startsWith('OpaqueRef:') ? find(value) : [];
        return record ? html`<a href=${addressOf(kind, record)}>${record.name_label || record.uuid}</a> <span class="faint">${NAMES[kind] ?? kind}</span>`
            : value === NULL || value === '' ? '–' : html`<code>${String(value)}</code>`;
    }
    const entries = Object.entries(value);
    return entries.length === 0 ? '–' : html`<ul class="plain">${entries.map(([key, each]) => html`<li key=${key}>
        ${!Array.isArray(value) && html`<span class="faint">${find(key)[1]?.name_label ?? key}: </span>`}<${Value} value=${each}/></li>`)}</ul>`;
}

/** A record that this page does not follow: [record, failure]. */
function useOther(name, uuid, followed) {
    const [state, set] = useState([null, null]);
    useEffect(() => {
        if (!followed) {
            call(`${name}.get_by_uuid`, uuid).then(ref => call(`${name}.get_record`, ref))
                .then(record => set([record, null]), async e => set([null, await explain(e instanceof ApiError ? e : new Error('This cannot be read.'))]));
        }
    }, [name, uuid]);
    return state;
}

export function RecordPage({uuid: name, tab: uuid}) {
    useObjects();
    const kind = name.toLowerCase();
    const followed = all(kind) !== undefined;
    const [other, failure] = useOther(name, uuid, followed);
    const record = followed ? byUuid(kind, uuid)[1] : other;
    if (!record) {
        return failure ? html`<div class="notice failed"><${Failure} failure=${failure}/></div>` : html`<${Empty}>There is no ${name} with the UUID ${uuid}.<//>`;
    }
    const own = addressOf(kind, record);
    return html`<p class="path">${own !== fieldsOf(kind, record) ? html`<a href=${own}>${record.name_label || 'Its page'}</a>` : name}</p>
        <div class="title"><h1>${record.name_label || name}</h1></div>
        <p class="faint">${name} · <code>${uuid}</code> <${Copy} text=${uuid} label="Copy UUID"/></p>
        <section class="card"><dl class="facts all">${Object.entries(record).map(([key, value]) => html`<div key=${key}><dt>${key}</dt><dd><${Value} value=${value}/></dd></div>`)}</dl></section>`;
}
