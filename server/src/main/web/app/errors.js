// Errors in plain words. errors.json has the texts of docs/api/errors.md; it is loaded with the first error.

import {ApiError, Unreachable} from './api.js';

let texts = null;

async function load() {
    if (!texts) {
        try {
            texts = await (await fetch(new URL('errors.json', import.meta.url))).json();
        } catch {
            return {};
        }
    }
    return texts;
}

/** {text, code, details} of a failure. */
export async function explain(error) {
    if (error instanceof Unreachable) {
        return {text: error.message + ' The page tries again by itself; repeat the action when it is back.', code: '', details: ''};
    }
    if (!(error instanceof ApiError)) {
        return {text: String(error.message ?? error), code: '', details: ''};
    }
    const known = (await load())[error.code];
    const details = error.params
        .map((value, i) => [known?.params[i], value])
        .filter(([, value]) => value !== '' && !/^OpaqueRef:/.test(value))
        .map(([name, value]) => name ? `${name}: ${value}` : value)
        .join(' · ');
    return {text: known?.about ?? 'The host refused this.', code: error.code, details};
}
