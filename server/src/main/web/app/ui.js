// Parts that all pages use: dialogs, notices, fields, states.

import {html, useEffect, useLayoutEffect, useRef, useState} from './lib/preact.js';
import {act, can} from './api.js';
import {explain} from './errors.js';
import {bytes} from './format.js';

/** A list of listeners and the value that they follow. */
function channel(value) {
    const listeners = new Set();
    return {
        get: () => value,
        set(next) {
            value = next;
            listeners.forEach(listener => listener(next));
        },
        use() {
            const [now, set] = useState(value);
            useEffect(() => {
                listeners.add(set);
                set(value);
                return () => listeners.delete(set);
            }, []);
            return now;
        },
    };
}

const dialogs = channel(null);
const notices = channel([]);
let notice = 0;

/** Opens a dialog: a component that gets `close`. */
export function openDialog(component, properties = {}) {
    dialogs.set({component, properties});
}

export function Dialogs() {
    const open = dialogs.use();
    const box = useRef();
    // At once, since it moves the focus: later, that would take the keys of a user who types already.
    useLayoutEffect(() => {
        if (open && !box.current.open) {
            box.current.showModal();
        }
    }, [open]);
    if (!open) {
        return null;
    }
    const close = () => dialogs.set(null);
    return html`<dialog ref=${box} onClose=${close} aria-labelledby="dialog-title">
        <${open.component} ...${open.properties} close=${close}/>
    </dialog>`;
}

/** Shows a failure, or good news, at the edge of the page. */
export async function notify(what) {
    const id = ++notice;
    const entry = what instanceof Error ? {id, failed: true, ...await explain(what)} : {id, text: what};
    notices.set([...notices.get(), entry].slice(-4));
    if (!entry.failed) {
        setTimeout(() => dismiss(id), 4000);
    }
}

function dismiss(id) {
    notices.set(notices.get().filter(entry => entry.id !== id));
}

export function Notices() {
    return html`<div class="notices" role="status" aria-live="polite">
        ${notices.use().map(entry => html`<div key=${entry.id} class=${'notice' + (entry.failed ? ' failed' : '')}
                role=${entry.failed ? 'alert' : undefined}>
            <${Failure} failure=${entry}/>
            <button class="plain" aria-label="Dismiss" onClick=${() => dismiss(entry.id)}>✕</button>
        </div>`)}
    </div>`;
}

/** A failure in words, with the code of the XenAPI. */
export function Failure({failure}) {
    return html`<div>
        ${failure.title && html`<strong>${failure.title}: </strong>`}${failure.text}
        ${failure.code && html` <code class="code">${failure.code}</code>`}
        ${failure.details && html`<div class="faint">${failure.details}</div>`}
    </div>`;
}

/** Runs an action and reports its failure. True when it succeeded. */
export async function attempt(title, xe, work) {
    try {
        await act(title, xe, work);
        return true;
    } catch (e) {
        await notify(e);
        return false;
    }
}

/** A button that is there only if the user may use it: `needs` are messages, such as VM.start. */
export function Button({needs = [], onClick, children, kind = '', disabled = false, title, label}) {
    const [busy, setBusy] = useState(false);
    if (!can(...needs)) {
        return null;
    }
    const click = async event => {
        setBusy(true);
        try {
            await onClick(event);
        } finally {
            setBusy(false);
        }
    };
    return html`<button type="button" class=${kind} disabled=${disabled || busy} title=${title} aria-label=${label}
        aria-busy=${busy} onClick=${click}>${children}</button>`;
}

/** A dialog with a form. `onSubmit` may fail; the failure is shown in the dialog, which stays open. So it does after `false`. */
export function Form({title, submit, kind = 'primary', onSubmit, close, children}) {
    const [failure, setFailure] = useState(null);
    const [busy, setBusy] = useState(false);
    const send = async event => {
        event.preventDefault();
        setBusy(true);
        setFailure(null);
        try {
            if (await onSubmit() !== false) {
                close();
            }
        } catch (e) {
            setFailure(await explain(e));
        } finally {
            setBusy(false);
        }
    };
    // A failure is about the values that it was met with.
    return html`<form onSubmit=${send} onInput=${() => setFailure(null)}>
        <h2 id="dialog-title">${title}</h2>
        <div class="fields">${children}</div>
        ${failure && html`<div class="notice failed" role="alert"><${Failure} failure=${failure}/></div>`}
        <div class="buttons">
            <button type="button" onClick=${close}>Cancel</button>
            <button type="submit" class=${kind} disabled=${busy} aria-busy=${busy}>${busy ? 'Working…' : submit}</button>
        </div>
    </form>`;
}

/** Asks before something that cannot be undone. */
export function confirm(title, text, submit, xe, work) {
    openDialog(({close}) => html`<${Form} title=${title} submit=${submit} kind="danger" close=${close}
        onSubmit=${() => act(title, xe, work)}><p>${text}</p><//>`);
}

let fields = 0;

/** A label with an input, of several lines with `rows`. `set` gets the text. */
export function Field({label, value, set, type = 'text', hint, options, rows, ...more}) {
    const [id] = useState(() => `field-${++fields}`);
    const shared = {id, value, onInput: event => set(event.target.value), 'aria-describedby': hint ? id + '-hint' : undefined};
    return html`<div class="field">
        <label for=${id}>${label}</label>
        ${options
            ? html`<select ...${shared} ...${more}>${options.map(([key, text]) =>
                html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}</select>`
            : rows ? html`<textarea rows=${rows} ...${shared} ...${more}></textarea>`
            : html`<input type=${type} ...${shared} ...${more}/>`}
        ${hint && html`<div class="hint" id=${id + '-hint'}>${hint}</div>`}
    </div>`;
}

export function Check({label, value, set}) {
    const [id] = useState(() => `field-${++fields}`);
    return html`<div class="check"><input type="checkbox" id=${id} checked=${value}
        onChange=${event => set(event.target.checked)}/><label for=${id}>${label}</label></div>`;
}

export function State({value}) {
    return html`<span class=${'state ' + String(value).toLowerCase()}>${value}</span>`;
}

/** How much of something is taken. */
export function Usage({used, total, label}) {
    const part = total > 0 ? Math.min(1, used / total) : 0;
    return html`<span class="usage"><meter min="0" max="1" high="0.9" optimum="0" value=${part} aria-label=${label}
        title=${Math.round(part * 100) + ' %'}></meter> ${bytes(used)} of ${bytes(total)}</span>`;
}

/** Names and values. */
export function Facts({of}) {
    return html`<dl class="facts">${of.filter(Boolean).map(([name, value]) =>
        html`<div key=${name}><dt>${name}</dt><dd>${value === '' || value == null ? '–' : value}</dd></div>`)}</dl>`;
}

export function Copy({text, label = 'Copy'}) {
    const [done, setDone] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            // Browsers have a clipboard only for secure pages.
            const area = document.createElement('textarea');
            area.value = text;
            document.body.append(area);
            area.select();
            document.execCommand('copy');
            area.remove();
        }
        setDone(true);
        setTimeout(() => setDone(false), 1500);
    };
    return html`<button type="button" class="small" aria-label=${label} onClick=${copy}>${done ? 'Copied' : 'Copy'}</button>`;
}

export function Empty({children}) {
    return html`<p class="empty">${children}</p>`;
}
