// The page of a VM.

import {html, useState} from './lib/preact.js';
import {act} from './api.js';
import {NULL, all, byUuid, get, useObjects} from './store.js';
import {byName, bytes, size, since, xe} from './format.js';
import {Button, Copy, Empty, Facts, Field, Form, State, attempt, confirm, openDialog} from './ui.js';
import {addresses} from './vms.js';
import {Charts} from './charts.js';
import {otherHosts} from './host.js';
import {ConsoleTab} from './consoles.js';
import {DiskTab, NicTab} from './devices.js';
import {SnapshotTab} from './snapshots.js';
import {download} from './transfers.js';
import {AllFields} from './record.js';

const TABS = [['', 'Overview'], ['console', 'Console'], ['disks', 'Disks'], ['nics', 'Network'], ['snapshots', 'Snapshots']];

/** [operation, text, message, more parameters, command of xe, its parameters, whether to ask first]. */
const POWER = [
    ['start', 'Start', 'start', [false, false], 'vm-start', {}],
    ['resume', 'Resume', 'resume', [false, false], 'vm-resume', {}],
    ['unpause', 'Unpause', 'unpause', [], 'vm-unpause', {}],
    ['clean_shutdown', 'Shut down', 'clean_shutdown', [], 'vm-shutdown', {}],
    ['clean_reboot', 'Reboot', 'clean_reboot', [], 'vm-reboot', {}],
    ['suspend', 'Suspend', 'suspend', [], 'vm-suspend', {}],
    ['pause', 'Pause', 'pause', [], 'vm-pause', {}],
    ['hard_reboot', 'Force reboot', 'hard_reboot', [], 'vm-reboot', {force: true}, 'The guest loses what it has not written to its disks.'],
    ['hard_shutdown', 'Force off', 'hard_shutdown', [], 'vm-shutdown', {force: true}, 'The guest loses what it has not written to its disks.'],
];

const BEGIN = ['start', 'resume', 'unpause'];

function PowerButtons({vmRef, vm}) {
    return POWER.filter(([operation]) => vm.allowed_operations.includes(operation)).map(
        ([operation, text, message, more, command, params, warning]) => {
            const title = `${text}: ${vm.name_label}`;
            const line = xe(command, {uuid: vm.uuid, ...params});
            const work = call => call('Async.VM.' + message, vmRef, ...more);
            return html`<${Button} key=${operation} needs=${['VM.' + message]} kind=${warning ? 'danger' : BEGIN.includes(operation) ? 'primary' : ''}
                onClick=${() => warning ? confirm(`${text} ${vm.name_label}?`, warning, text, line, work) : attempt(title, line, work)}>${text}<//>`;
        });
}

/** Deletes a VM, and the disks that no other VM has. */
function destroy(vmRef, vm) {
    const disks = vm.VBDs.map(ref => get('vbd', ref)).filter(vbd => vbd?.type === 'Disk' && vbd.VDI !== NULL).map(vbd => vbd.VDI)
        .filter(vdi => get('vdi', vdi)?.VBDs.every(ref => vm.VBDs.includes(ref)));
    const text = `This deletes the VM and ${disks.length === 1 ? 'its disk' : `its ${disks.length} disks`} for good. Its snapshots stay.`;
    confirm(`Delete ${vm.name_label}?`, text, 'Delete', xe('vm-uninstall', {uuid: vm.uuid}, '--force'), async call => {
        await call('Async.VM.destroy', vmRef);
        for (const vdi of disks) {
            await call('Async.VDI.destroy', vdi);
        }
        location.hash = '#/vms';
    });
}

function exportVm(vm) {
    const file = `${vm.name_label || vm.uuid}.xva`;
    return attempt(`Export ${vm.name_label}`, xe('vm-export', {uuid: vm.uuid, filename: file, compress: 'zstd'}), call =>
        download(call, {title: 'Export of VM', name: file, path: '/export', query: {uuid: vm.uuid, use_compression: 'zstd'}}));
}

function Clone({vmRef, vm, close}) {
    const [name, setName] = useState(`Copy of ${vm.name_label}`);
    return html`<${Form} title=${'Clone ' + vm.name_label} submit="Clone" close=${close} onSubmit=${() => act(`Clone ${vm.name_label}`,
        xe('vm-clone', {uuid: vm.uuid, 'new-name-label': name}), call => call('Async.VM.clone', vmRef, name))}>
        <${Field} label="Name" value=${name} set=${setName} required/><//>`;
}

function Migrate({vmRef, vm, close}) {
    const hosts = otherHosts(vm.resident_on);
    const [host, setHost] = useState(hosts[0][0]);
    return html`<${Form} title=${'Migrate ' + vm.name_label} submit="Migrate" close=${close} onSubmit=${() => act(`Migrate ${vm.name_label}`,
        xe('vm-migrate', {uuid: vm.uuid, 'host-uuid': get('host', host)?.uuid, live: true}), call => call('Async.VM.pool_migrate', vmRef, host, {live: 'true'}))}>
        <${Field} label="Host" value=${host} set=${setHost} options=${hosts} hint="The guest goes on while it moves."/><//>`;
}

function Edit({vmRef, vm, close}) {
    const [name, setName] = useState(vm.name_label);
    const [about, setAbout] = useState(vm.name_description);
    const [cpus, setCpus] = useState(String(vm.VCPUs_at_startup));
    const [memory, setMemory] = useState(bytes(vm.memory_static_max));
    const hosts = all('host').map(([ref, host]) => [ref, host.name_label]).sort(byName);
    const [home, setHome] = useState(hosts.some(([ref]) => ref === vm.affinity) ? vm.affinity : NULL);
    const halted = vm.power_state === 'Halted';
    const submit = () => {
        const lines = [];
        const todo = [];
        const set = (field, value) => {
            lines.push(xe('vm-param-set', {uuid: vm.uuid, [field.replaceAll('_', '-')]: value}));
            todo.push([`VM.set_${field}`, vmRef, value]);
        };
        if (name !== vm.name_label) {
            set('name_label', name);
        }
        if (about !== vm.name_description) {
            set('name_description', about);
        }
        if (halted && Number(cpus) !== Number(vm.VCPUs_at_startup)) {
            // The number at the start is at most the highest one.
            const order = Number(cpus) > Number(vm.VCPUs_max) ? ['VCPUs_max', 'VCPUs_at_startup'] : ['VCPUs_at_startup', 'VCPUs_max'];
            order.forEach(field => set(field, Number(cpus)));
        }
        if (halted && memory !== bytes(vm.memory_static_max)) {
            const wanted = size(memory);
            if (!(wanted > 0)) {
                throw new Error('Memory is a size such as 2 GiB or 512 MiB.');
            }
            lines.push(xe('vm-memory-set', {uuid: vm.uuid, memory: wanted}));
            todo.push(['Async.VM.set_memory', vmRef, wanted]);
        }
        if (home !== vm.affinity && hosts.length > 1) {
            lines.push(xe('vm-param-set', {uuid: vm.uuid, affinity: get('host', home)?.uuid ?? ''}));
            todo.push(['VM.set_affinity', vmRef, home]);
        }
        return act(`Change ${vm.name_label}`, lines.join('\n'), async call => {
            for (const each of todo) {
                await call(...each);
            }
        });
    };
    return html`<${Form} title=${'Change ' + vm.name_label} submit="Save" close=${close} onSubmit=${submit}>
        <${Field} label="Name" value=${name} set=${setName} required/>
        <${Field} label="Description" value=${about} set=${setAbout}/>
        <${Field} label="Virtual CPUs" type="number" min="1" max="128" value=${cpus} set=${setCpus} disabled=${!halted}/>
        <${Field} label="Memory" value=${memory} set=${setMemory} disabled=${!halted}
            hint=${halted ? 'Such as 2 GiB.' : 'CPUs and memory can be changed while the VM is halted.'}/>
        ${hosts.length > 1 && html`<${Field} label="Home" value=${home} set=${setHome} options=${[[NULL, 'Any host'], ...hosts]}
            hint="The VM starts there if it can."/>`}<//>`;
}

function Overview({vm}) {
    const guest = get('vm_guest_metrics', vm.guest_metrics);
    const metrics = get('vm_metrics', vm.metrics);
    return html`<div class="columns"><section class="card"><h2>Details</h2><${Facts} of=${[
        ['Description', vm.name_description],
        ['Virtual CPUs', vm.VCPUs_at_startup],
        ['Memory', bytes(vm.memory_dynamic_max)],
        ['Type', {hvm: 'HVM', pv: 'PV', pvh: 'PVH', pv_in_pvh: 'PV in PVH'}[vm.domain_type] ?? vm.domain_type],
        vm.power_state === 'Running' && ['Up', since(metrics?.start_time)],
        guest && ['Addresses', addresses(vm).join(', ')],
        guest && ['Guest', guest.os_version.name ?? ''],
        vm.resident_on !== NULL && ['Host', html`<a href=${'#/host/' + get('host', vm.resident_on)?.uuid}>${get('host', vm.resident_on)?.name_label}</a>`],
        vm.tags.length > 0 && ['Tags', vm.tags.join(', ')],
        ['UUID', html`<code>${vm.uuid}</code> <${Copy} text=${vm.uuid} label="Copy UUID"/>`],
    ]}/></section>
    <section class="card grow"><h2>Use</h2>${vm.power_state === 'Halted' ? html`<${Empty}>The VM is halted.<//>` : html`<${Charts} kind="vm" uuid=${vm.uuid}/>`}</section></div>`;
}

export function VmPage({uuid, tab = ''}) {
    useObjects();
    const [ref, vm] = byUuid('vm', uuid);
    if (!vm) {
        return html`<${Empty}>There is no VM with the UUID ${uuid}. <a href="#/vms">All VMs</a><//>`;
    }
    const running = Object.values(vm.current_operations);
    const part = {
        '': Overview, console: ConsoleTab, disks: DiskTab, nics: NicTab, snapshots: SnapshotTab,
    }[tab] ?? Overview;
    const may = operation => vm.allowed_operations.includes(operation);
    return html`<p class="path"><a href="#/vms">VMs</a></p>
        <div class="title"><h1>${vm.name_label || '(no name)'}</h1><${State} value=${vm.power_state}/>
            ${running.length > 0 && html`<span class="faint" role="status">${running.join(', ').replaceAll('_', ' ')}…</span>`}</div>
        <div class="buttons row" role="group" aria-label="Actions">
            <${PowerButtons} vmRef=${ref} vm=${vm}/>
            <${Button} needs=${['VM.set_name_label']} onClick=${() => openDialog(Edit, {vmRef: ref, vm})}>Change<//>
            <${Button} needs=${['VM.clone']} disabled=${!may('clone')} title=${may('clone') ? undefined : 'A VM can be cloned while it is halted'}
                onClick=${() => openDialog(Clone, {vmRef: ref, vm})}>Clone<//>
            ${may('pool_migrate') && otherHosts(vm.resident_on).length > 0 && html`<${Button} needs=${['VM.pool_migrate']}
                onClick=${() => openDialog(Migrate, {vmRef: ref, vm})}>Migrate<//>`}
            ${may('export') && html`<${Button} needs=${['http/get_export']} onClick=${() => exportVm(vm)}>Export<//>`}
            ${may('destroy') && html`<${Button} kind="danger" needs=${['VM.destroy', 'VDI.destroy']} onClick=${() => destroy(ref, vm)}>Delete<//>`}
            <${AllFields} kind="vm" record=${vm}/>
        </div>
        <nav class="tabs" aria-label=${'Parts of ' + vm.name_label}>${TABS.map(([key, text]) => html`<a key=${key}
            href=${`#/vm/${vm.uuid}${key && '/' + key}`} aria-current=${tab === key ? 'page' : undefined}>${text}</a>`)}</nav>
        <${part} vmRef=${ref} vm=${vm}/>`;
}
