// The dialog that imports a VM from a file of the browser's machine.

import {html, useState} from './lib/preact.js';
import {act, address} from './api.js';
import {get, pool} from './store.js';
import {xe} from './format.js';
import {diskRepositories} from './create.js';
import {Field, Form} from './ui.js';

/** Sends a file; `progress` gets the part that has gone, from 0 to 1. The task says how it ends. */
function upload(target, file, progress) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('PUT', target);
        request.upload.onprogress = event => progress(event.loaded / file.size);
        request.onload = resolve;
        // The host closes the connection when it has what it needs, or has failed. The task knows.
        request.onerror = resolve;
        request.onabort = () => reject(new Error('The upload was interrupted.'));
        request.send(file);
    });
}

export function ImportVm({close}) {
    const repositories = diskRepositories();
    const [sr, setSr] = useState(() => repositories.some(([ref]) => ref === pool().default_SR) ? pool().default_SR : repositories[0]?.[0] ?? '');
    const [file, setFile] = useState(null);
    const [part, setPart] = useState(null);
    const submit = () => act(`Import ${file.name}`, xe('vm-import', {filename: file.name, 'sr-uuid': get('sr', sr)?.uuid}), async call => {
        const task = await call('task.create', 'VM.import', file.name);
        setPart(0);
        try {
            await upload(address('/import', {task_id: task, sr_id: sr}), file, setPart);
            await call.ofTask(task);
        } finally {
            setPart(null);
        }
    });
    return html`<${Form} title="Import a VM" submit="Import" close=${close} onSubmit=${submit}>
        <div class="field"><label for="import-file">File (XVA)</label>
            <input id="import-file" type="file" required onChange=${event => setFile(event.target.files[0] ?? null)}/></div>
        <${Field} label="Storage" value=${sr} set=${setSr} options=${repositories}/>
        ${part !== null && html`<div><progress max="1" value=${part} aria-label="Progress of the upload"></progress> ${Math.round(part * 100)} %</div>`}<//>`;
}
