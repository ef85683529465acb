// Files that go between the browser's machine and the host, each as a task.

import {html} from './lib/preact.js';
import {address} from './api.js';
import {quote} from './format.js';

/** A request to the host as a command of curl; a session of a client's own replaces SESSION. */
function curl(options, path, query) {
    return `curl ${options} ${quote(location.origin + path + '?' + new URLSearchParams(query))}'&session_id=SESSION'`;
}

/**
 * Sends data, and waits until the host has taken it. It may refuse in the middle, so the task says how it ends.
 *
 * @param progress gets the part that has gone, from 0 to 1
 * @return the text of the task's result
 */
export async function upload(call, {title, name, path, query, data, progress}) {
    const task = await call('task.create', title, name);
    const own = {...query, task_id: task};
    call.request(curl(`-T ${quote(name)}`, path, own));
    await new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('PUT', address(path, own));
        request.upload.onprogress = event => progress(event.loaded / data.size);
        request.onload = resolve;
        // The host closes the connection when it has what it needs, or has failed.
        request.onerror = resolve;
        request.onabort = () => reject(new Error('The upload was interrupted.'));
        request.send(data);
    });
    return call.ofTask(task);
}

/** Has the browser save what the host sends, under the host's name for it, and waits until all is sent. */
export async function download(call, {title, name, path, query}) {
    const own = {...query, task_id: await call('task.create', title, name)};
    call.request(curl(`-o ${quote(name)}`, path, own));
    const link = Object.assign(document.createElement('a'), {href: address(path, own), download: ''});
    link.click();
    return call.ofTask(own.task_id);
}

export function UploadProgress({part}) {
    return part !== null && html`<div><progress max="1" value=${part} aria-label="Progress of the upload"></progress> ${Math.round(part * 100)} %</div>`;
}

/** An input for a file; `set` gets it, or null. */
export function FileField({id, label, hint, set, required = false}) {
    return html`<div class="field"><label for=${id}>${label}</label>
        <input id=${id} type="file" required=${required} aria-describedby=${hint ? id + '-hint' : undefined} onChange=${event => set(event.target.files[0] ?? null)}/>
        ${hint && html`<div class="hint" id=${id + '-hint'}>${hint}</div>`}</div>`;
}
