// The dialog that imports a VM from a file of the browser's machine.

import {html, useState} from './lib/preact.js';
import {act} from './api.js';
import {get, pool} from './store.js';
import {xe} from './format.js';
import {diskRepositories} from './create.js';
import {Field, Form} from './ui.js';
import {FileField, UploadProgress, upload} from './transfers.js';

export function ImportVm({close}) {
    const repositories = diskRepositories();
    const [sr, setSr] = useState(() => repositories.some(([ref]) => ref === pool().default_SR) ? pool().default_SR : repositories[0]?.[0] ?? '');
    const [file, setFile] = useState(null);
    const [part, setPart] = useState(null);
    const submit = () => act(`Import ${file.name}`, xe('vm-import', {filename: file.name, 'sr-uuid': get('sr', sr)?.uuid}), async call => {
        try {
            await upload(call, {title: 'VM.import', name: file.name, path: '/import', query: {sr_id: sr}, data: file, progress: setPart});
        } finally {
            setPart(null);
        }
    });
    return html`<${Form} title="Import a VM" submit="Import" close=${close} onSubmit=${submit}>
        <${FileField} id="import-file" label="File (XVA)" set=${setFile} required/>
        <${Field} label="Storage" value=${sr} set=${setSr} options=${repositories}/>
        <${UploadProgress} part=${part}/><//>`;
}
