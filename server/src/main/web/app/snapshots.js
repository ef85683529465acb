// Snapshots of a VM, as the tree in which they were taken and reverted to.

import {html, useState} from './lib/preact.js';
import {act} from './api.js';
import {NULL, get} from './store.js';
import {time, xe} from './format.js';
import {Button, Check, Empty, Field, Form, confirm, openDialog} from './ui.js';
import {fieldsOf} from './record.js';

function TakeSnapshot({vmRef, vm, close}) {
    const [name, setName] = useState(`${vm.name_label} ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`);
    const [memory, setMemory] = useState(false);
    const withMemory = vm.allowed_operations.includes('checkpoint');
    return html`<${Form} title=${'Snapshot of ' + vm.name_label} submit="Take" close=${close} onSubmit=${() => act(`Take a snapshot of ${vm.name_label}`,
        xe(memory ? 'vm-checkpoint' : 'vm-snapshot', {uuid: vm.uuid, 'new-name-label': name}),
        call => memory ? call('Async.VM.checkpoint', vmRef, name) : call('Async.VM.snapshot', vmRef, name, []))}>
        <${Field} label="Name" value=${name} set=${setName} required/>
        ${withMemory && html`<${Check} label="With its memory (a checkpoint)" value=${memory} set=${setMemory}/>`}<//>`;
}

/** The snapshots below a parent, the VM itself among them, the oldest first. */
function children(vmRef, vm, parent) {
    const known = new Set(vm.snapshots);
    const nodes = [...vm.snapshots, vmRef].map(ref => [ref, get('vm', ref)]).filter(([, node]) => node)
        .filter(([, node]) => (known.has(node.parent) ? node.parent : NULL) === parent);
    return nodes.sort(([a, x], [b, y]) => a === vmRef ? 1 : b === vmRef ? -1 : x.snapshot_time.localeCompare(y.snapshot_time));
}

function Branch({vmRef, vm, parent}) {
    const nodes = children(vmRef, vm, parent);
    return nodes.length === 0 ? null : html`<ul class="tree">${nodes.map(([ref, node]) => html`<li key=${ref}>
        ${ref === vmRef ? html`<div class="node now"><strong>Now</strong></div>` : html`<${Node} snapshotRef=${ref} snapshot=${node} vm=${vm}/>`}
        <${Branch} vmRef=${vmRef} vm=${vm} parent=${ref}/></li>`)}</ul>`;
}

function Node({snapshotRef, snapshot, vm}) {
    const disks = snapshot.VBDs.map(ref => get('vbd', ref)).filter(vbd => vbd?.type === 'Disk' && vbd.VDI !== NULL).map(vbd => vbd.VDI);
    const name = snapshot.name_label;
    return html`<div class="node"><div><a href=${fieldsOf('vm', snapshot)}><strong>${name}</strong></a>
            <div class="faint">${time(snapshot.snapshot_time)}${snapshot.power_state === 'Suspended' ? ' · with memory' : ''}</div></div>
        <div class="buttons">
            <${Button} kind="small" needs=${['VM.revert']} label=${'Revert to ' + name} onClick=${() => confirm(`Revert to ${name}?`,
                `The present disks of ${vm.name_label} are lost, and a running guest is stopped.`, 'Revert',
                xe('snapshot-revert', {'snapshot-uuid': snapshot.uuid}), call => call('Async.VM.revert', snapshotRef))}>Revert<//>
            <${Button} kind="small" needs=${['VM.destroy', 'VDI.destroy']} label=${'Delete ' + name} onClick=${() => confirm(`Delete ${name}?`,
                'The VM itself stays as it is.', 'Delete', xe('snapshot-uninstall', {'snapshot-uuid': snapshot.uuid}, '--force'), async call => {
                    await call('Async.VM.destroy', snapshotRef);
                    for (const vdi of disks) {
                        await call('Async.VDI.destroy', vdi);
                    }
                })}>Delete<//>
        </div></div>`;
}

export function SnapshotTab({vmRef, vm}) {
    return html`<div class="buttons row"><${Button} needs=${['VM.snapshot']} disabled=${!vm.allowed_operations.includes('snapshot')}
            onClick=${() => openDialog(TakeSnapshot, {vmRef, vm})}>Take a snapshot<//></div>
        ${vm.snapshots.length === 0 ? html`<${Empty}>This VM has no snapshots.<//>` : html`<${Branch} vmRef=${vmRef} vm=${vm} parent=${NULL}/>`}`;
}
