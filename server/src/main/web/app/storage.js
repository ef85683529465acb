// Storage repositories and their disks.

import {html, useMemo, useState} from './lib/preact.js';
import {act} from './api.js';
import {all, byUuid, get, pool, useObjects} from './store.js';
import {bytes, size, xe} from './format.js';
import {createDisk} from './disks.js';
import {NewSr} from './repository.js';
import {Button, Copy, Empty, Facts, Field, Form, State, Usage, attempt, confirm, openDialog} from './ui.js';
import {List, Table} from './list.js';
import {AllFields, fieldsOf} from './record.js';

const SRS = [
    {key: 'name', title: 'Name', value: row => row.sr.name_label, cell: row => row.sr.name_label || '(no name)'},
    {key: 'type', title: 'Type', value: row => row.sr.type, cell: row => row.sr.type},
    {key: 'used', title: 'Use', value: row => Number(row.sr.physical_utilisation), cell: row => Number(row.sr.physical_size) > 0
        ? html`<${Usage} label=${'Use of ' + row.sr.name_label} used=${Number(row.sr.physical_utilisation)} total=${Number(row.sr.physical_size)}/>` : '–'},
    {key: 'disks', title: 'Disks', wide: true, value: row => row.sr.VDIs.length, cell: row => row.sr.VDIs.length},
    {key: 'state', title: 'State', wide: true, value: row => row.state, cell: row => html`<${State} value=${row.state}/>`},
];

function stateOf(sr) {
    return sr.PBDs.some(ref => get('pbd', ref)?.currently_attached) ? 'plugged' : 'unplugged';
}

export function StorageList() {
    const generation = useObjects();
    const rows = useMemo(() => all('sr').map(([ref, sr]) => ({key: ref, sr, state: stateOf(sr), href: '#/sr/' + sr.uuid,
        text: [sr.name_label, sr.name_description, sr.type, sr.uuid].join('\n').toLowerCase()})), [generation]);
    return html`<h1>Storage</h1><${List} label="Storage repositories" columns=${SRS} rows=${rows} placeholder="Filter by name, type or UUID"
        actions=${html`<${Button} kind="primary" needs=${['SR.create']} onClick=${() => openDialog(NewSr)}>New storage<//>`}/>`;
}

function NewDisk({srRef, sr, close}) {
    const [name, setName] = useState('');
    const [wanted, setWanted] = useState('10 GiB');
    return html`<${Form} title=${'New disk in ' + sr.name_label} submit="Create" close=${close} onSubmit=${() => {
        const virtual = size(wanted);
        if (!(virtual > 0)) {
            throw new Error('The size is one such as 10 GiB or 512 MiB.');
        }
        return act(`Create the disk ${name}`, xe('vdi-create', {'sr-uuid': sr.uuid, 'name-label': name, 'virtual-size': virtual}),
            call => createDisk(call, {name, sr: srRef, virtual}));
    }}><${Field} label="Name" value=${name} set=${setName} required/><${Field} label="Size" value=${wanted} set=${setWanted} required/><//>`;
}

const DISKS = [
    {key: 'name', title: 'Name', value: row => row.vdi.name_label, cell: row => row.vdi.name_label || row.vdi.uuid},
    {key: 'size', title: 'Size', value: row => Number(row.vdi.virtual_size), cell: row => bytes(row.vdi.virtual_size)},
    {key: 'used', title: 'On disk', wide: true, value: row => Number(row.vdi.physical_utilisation), cell: row => bytes(row.vdi.physical_utilisation)},
    {key: 'kind', title: 'Kind', wide: true, cell: row => row.vdi.is_a_snapshot ? 'snapshot' : row.vdi.type},
    {key: 'vm', title: 'VM', cell: row => row.vms.join(', ') || '–'},
];

export function SrPage({uuid}) {
    const generation = useObjects();
    const [ref, sr] = byUuid('sr', uuid);
    const rows = useMemo(() => (sr?.VDIs ?? []).map(vdi => [vdi, get('vdi', vdi)]).filter(([, vdi]) => vdi).map(([key, vdi]) => {
        const vms = vdi.VBDs.map(vbd => get('vm', get('vbd', vbd)?.VM)?.name_label).filter(Boolean);
        return {key, vdi, vms, href: '#/disk/' + vdi.uuid, text: [vdi.name_label, vdi.uuid, ...vms].join('\n').toLowerCase()};
    }), [generation, uuid]);
    if (!sr) {
        return html`<${Empty}>There is no storage with the UUID ${uuid}. <a href="#/storage">All storage</a><//>`;
    }
    const unplugged = sr.PBDs.filter(pbd => get('pbd', pbd) && !get('pbd', pbd).currently_attached);
    const isDefault = pool()?.default_SR === ref;
    return html`<p class="path"><a href="#/storage">Storage</a></p>
        <div class="title"><h1>${sr.name_label}</h1><${State} value=${stateOf(sr)}/>${isDefault && html`<span class="faint">default</span>`}</div>
        <p class="faint">${sr.type} · ${Number(sr.physical_size) > 0 && html`<${Usage} label="Use" used=${Number(sr.physical_utilisation)} total=${Number(sr.physical_size)}/>`}
            · <code>${sr.uuid}</code> <${Copy} text=${sr.uuid} label="Copy UUID"/></p>
        <div class="buttons row" role="group" aria-label="Actions">
            ${sr.allowed_operations.includes('vdi_create') && html`<${Button} needs=${['VDI.create']} onClick=${() => openDialog(NewDisk, {srRef: ref, sr})}>New disk<//>`}
            <${Button} needs=${['SR.scan']} onClick=${() => attempt(`Scan ${sr.name_label}`, xe('sr-scan', {uuid: sr.uuid}), call => call('Async.SR.scan', ref))}>Scan<//>
            ${!isDefault && html`<${Button} needs=${['pool.set_default_SR']} onClick=${() => attempt(`Make ${sr.name_label} the default`,
                xe('pool-param-set', {uuid: pool().uuid, 'default-SR': sr.uuid}), call => call('pool.set_default_SR', all('pool')[0][0], ref))}>Make default<//>`}
            ${unplugged.length > 0 && html`<${Button} kind="primary" needs=${['PBD.plug']} onClick=${() => attempt(`Plug ${sr.name_label}`,
                unplugged.map(pbd => xe('pbd-plug', {uuid: get('pbd', pbd).uuid})).join('\n'), async call => {
                    for (const pbd of unplugged) {
                        await call('Async.PBD.plug', pbd);
                    }
                })}>Plug<//><${Button} kind="danger" needs=${['SR.forget']} onClick=${() => confirm(`Forget ${sr.name_label}?`,
                'The disks stay where they are, and jxapi no longer knows them.', 'Forget', xe('sr-forget', {uuid: sr.uuid}), async call => {
                    await call('Async.SR.forget', ref);
                    location.hash = '#/storage';
                })}>Forget<//>`}
            ${unplugged.length === 0 && html`<${Button} needs=${['PBD.unplug']} onClick=${() => attempt(`Unplug ${sr.name_label}`,
                sr.PBDs.map(pbd => xe('pbd-unplug', {uuid: get('pbd', pbd)?.uuid})).join('\n'), async call => {
                    for (const pbd of sr.PBDs) {
                        await call('Async.PBD.unplug', pbd);
                    }
                })}>Unplug<//>`}
            <${AllFields} kind="sr" record=${sr}/>
        </div>
        <${List} label="Disks" columns=${DISKS} rows=${rows} placeholder="Filter by name, VM or UUID" empty="There are no disks here."/>`;
}

export function DiskPage({uuid}) {
    useObjects();
    const [ref, vdi] = byUuid('vdi', uuid);
    if (!vdi) {
        return html`<${Empty}>There is no disk with the UUID ${uuid}. <a href="#/storage">All storage</a><//>`;
    }
    const sr = get('sr', vdi.SR);
    const users = vdi.VBDs.map(vbd => [vbd, get('vbd', vbd)]).filter(([, vbd]) => vbd);
    return html`<p class="path"><a href="#/storage">Storage</a> / <a href=${'#/sr/' + sr?.uuid}>${sr?.name_label}</a></p>
        <div class="title"><h1>${vdi.name_label || 'Disk'}</h1></div>
        <div class="buttons row" role="group" aria-label="Actions">
            ${vdi.allowed_operations.includes('destroy') && html`<${Button} kind="danger" needs=${['VDI.destroy']} onClick=${() => confirm(
                `Delete ${vdi.name_label || 'this disk'}?`, 'Its contents are lost for good.', 'Delete', xe('vdi-destroy', {uuid: vdi.uuid}), async call => {
                    await call('Async.VDI.destroy', ref);
                    location.hash = '#/sr/' + sr?.uuid;
                })}>Delete<//>`}
            <${AllFields} kind="vdi" record=${vdi}/>
        </div>
        <section class="card"><h2>Details</h2><${Facts} of=${[
            ['Description', vdi.name_description],
            ['Size', bytes(vdi.virtual_size)],
            ['On disk', bytes(vdi.physical_utilisation)],
            ['Kind', vdi.is_a_snapshot ? 'snapshot' : vdi.type],
            ['Storage', html`<a href=${'#/sr/' + sr?.uuid}>${sr?.name_label}</a>`],
            ['UUID', html`<code>${vdi.uuid}</code> <${Copy} text=${vdi.uuid} label="Copy UUID"/>`],
        ]}/></section>
        <h2>VMs</h2><${Table} label="VMs of this disk" heads=${['VM', 'Device', 'Mode', 'State']} empty="No VM has this disk." rows=${users.map(([key, vbd]) => [key,
            html`<a href=${'#/vm/' + get('vm', vbd.VM)?.uuid}>${get('vm', vbd.VM)?.name_label}</a>`, html`<a href=${fieldsOf('vbd', vbd)}>${vbd.device || vbd.userdevice}</a>`, vbd.mode,
            html`<${State} value=${vbd.currently_attached ? 'plugged' : 'unplugged'}/>`])}/>`;
}
