// Disks and network interfaces of a VM.

import {html, useState} from './lib/preact.js';
import {act} from './api.js';
import {all, get, pool} from './store.js';
import {bytes, size, xe} from './format.js';
import {Button, Field, Form, State, attempt, confirm, openDialog} from './ui.js';
import {Table} from './list.js';
import {diskRepositories, isoImages} from './create.js';
import {NO_QOS, attachDisk, createDisk} from './disks.js';
import {fieldsOf} from './record.js';

function NewDisk({vmRef, vm, close}) {
    const repositories = diskRepositories();
    const [name, setName] = useState(`${vm.name_label} disk`);
    const [wanted, setWanted] = useState('10 GiB');
    const [sr, setSr] = useState(() => repositories.some(([ref]) => ref === pool().default_SR) ? pool().default_SR : repositories[0]?.[0] ?? '');
    const submit = () => {
        const virtual = size(wanted);
        if (!(virtual > 0)) {
            throw new Error('The size is one such as 10 GiB or 512 MiB.');
        }
        return act(`Add a disk to ${vm.name_label}`,
            xe('vm-disk-add', {uuid: vm.uuid, 'disk-size': virtual, device: 'autodetect', 'sr-uuid': get('sr', sr)?.uuid}),
            async call => {
                const vbd = await attachDisk(call, vmRef, await createDisk(call, {name, sr, virtual}));
                if (vm.power_state === 'Running') {
                    await call('Async.VBD.plug', vbd);
                }
            });
    };
    return html`<${Form} title="Add a disk" submit="Add" close=${close} onSubmit=${submit}>
        <${Field} label="Name" value=${name} set=${setName} required/>
        <${Field} label="Size" value=${wanted} set=${setWanted} hint="Such as 10 GiB." required/>
        <${Field} label="Storage" value=${sr} set=${setSr} options=${repositories}/><//>`;
}

function AttachDisk({vmRef, vm, close}) {
    const free = all('vdi').filter(([, vdi]) => vdi.VBDs.length === 0 && !vdi.is_a_snapshot && vdi.managed && get('sr', vdi.SR)?.content_type !== 'iso')
        .map(([ref, vdi]) => [ref, `${vdi.name_label || vdi.uuid} (${bytes(vdi.virtual_size)})`]);
    const [vdi, setVdi] = useState(free[0]?.[0] ?? '');
    return html`<${Form} title="Attach a disk" submit="Attach" close=${close} onSubmit=${() => act(`Attach a disk to ${vm.name_label}`,
        xe('vbd-create', {'vm-uuid': vm.uuid, 'vdi-uuid': get('vdi', vdi)?.uuid, device: 'autodetect'}), async call => {
            const vbd = await attachDisk(call, vmRef, vdi);
            if (vm.power_state === 'Running') {
                await call('Async.VBD.plug', vbd);
            }
        })}><${Field} label="Disk" value=${vdi} set=${setVdi} options=${free} hint=${free.length ? undefined : 'Each disk belongs to a VM already.'}/><//>`;
}

function InsertCd({vbdRef, vbd, vm, close}) {
    const images = isoImages();
    const [vdi, setVdi] = useState(images[0]?.[0] ?? '');
    return html`<${Form} title="Insert a CD" submit="Insert" close=${close} onSubmit=${() => act(`Insert a CD into ${vm.name_label}`,
        xe('vbd-insert', {uuid: vbd.uuid, 'vdi-uuid': get('vdi', vdi)?.uuid}), call => call('Async.VBD.insert', vbdRef, vdi))}>
        <${Field} label="Image" value=${vdi} set=${setVdi} options=${images} hint=${images.length ? undefined : 'There are no ISO images in a repository.'}/><//>`;
}

export function DiskTab({vmRef, vm}) {
    const rows = vm.VBDs.map(ref => [ref, get('vbd', ref)]).filter(([, vbd]) => vbd)
        .sort(([, a], [, b]) => Number(a.userdevice) - Number(b.userdevice));
    const may = (vbd, operation) => vbd.allowed_operations.includes(operation);
    return html`<div class="buttons row">
            <${Button} needs=${['VDI.create', 'VBD.create']} onClick=${() => openDialog(NewDisk, {vmRef, vm})}>Add a disk<//>
            <${Button} needs=${['VBD.create']} onClick=${() => openDialog(AttachDisk, {vmRef, vm})}>Attach an existing disk<//>
        </div>
        <${Table} label="Disks" heads=${['Device', 'Name', 'Size', 'Storage', 'Mode', 'State', '']} empty="This VM has no disks."
            rows=${rows.map(([ref, vbd]) => {
                const vdi = get('vdi', vbd.VDI);
                const title = `disk ${vbd.device || vbd.userdevice} of ${vm.name_label}`;
                return [ref, html`<a href=${fieldsOf('vbd', vbd)}>${vbd.device || vbd.userdevice}</a>`,
                    vbd.type === 'CD' && vbd.empty ? html`<span class="faint">Empty CD drive</span>`
                        : vdi ? html`<a href=${'#/disk/' + vdi.uuid}>${vdi.name_label || vdi.uuid}</a>` : '–',
                    vdi ? bytes(vdi.virtual_size) : '–',
                    vdi ? html`<a href=${'#/sr/' + get('sr', vdi.SR)?.uuid}>${get('sr', vdi.SR)?.name_label}</a>` : '–',
                    vbd.type === 'CD' ? 'CD' : vbd.mode === 'RO' ? 'read only' : 'read and write',
                    html`<${State} value=${vbd.currently_attached ? 'plugged' : 'unplugged'}/>`,
                    html`<div class="buttons">
                        ${may(vbd, 'plug') && html`<${Button} kind="small" needs=${['VBD.plug']} label=${'Plug ' + title} onClick=${() =>
                            attempt(`Plug ${title}`, xe('vbd-plug', {uuid: vbd.uuid}), call => call('Async.VBD.plug', ref))}>Plug<//>`}
                        ${may(vbd, 'unplug') && html`<${Button} kind="small" needs=${['VBD.unplug']} label=${'Unplug ' + title} onClick=${() =>
                            attempt(`Unplug ${title}`, xe('vbd-unplug', {uuid: vbd.uuid}), call => call('Async.VBD.unplug', ref))}>Unplug<//>`}
                        ${may(vbd, 'insert') && vbd.empty && html`<${Button} kind="small" needs=${['VBD.insert']} label=${'Insert into ' + title}
                            onClick=${() => openDialog(InsertCd, {vbdRef: ref, vbd, vm})}>Insert<//>`}
                        ${may(vbd, 'eject') && !vbd.empty && html`<${Button} kind="small" needs=${['VBD.eject']} label=${'Eject ' + title} onClick=${() =>
                            attempt(`Eject ${title}`, xe('vbd-eject', {uuid: vbd.uuid}), call => call('Async.VBD.eject', ref))}>Eject<//>`}
                        ${!vbd.currently_attached && html`<${Button} kind="small" needs=${['VBD.destroy']} label=${'Detach ' + title} onClick=${() =>
                            confirm(`Detach ${title}?`, 'The disk stays in its repository.', 'Detach', xe('vbd-destroy', {uuid: vbd.uuid}),
                                call => call('Async.VBD.destroy', ref))}>Detach<//>`}</div>`];
            })}/>`;
}

function NewNic({vmRef, vm, close}) {
    const networks = all('network').map(([ref, network]) => [ref, network.name_label]);
    const [network, setNetwork] = useState(networks[0]?.[0] ?? '');
    const [mac, setMac] = useState('');
    const used = vm.VIFs.map(ref => Number(get('vif', ref)?.device));
    const device = [0, 1, 2, 3, 4, 5, 6].find(each => !used.includes(each)) ?? 7;
    return html`<${Form} title="Add a network interface" submit="Add" close=${close} onSubmit=${() => act(`Add an interface to ${vm.name_label}`,
        xe('vif-create', {'vm-uuid': vm.uuid, 'network-uuid': get('network', network)?.uuid, device, mac: mac || undefined}), async call => {
            const vif = await call('Async.VIF.create', {VM: vmRef, network, device: String(device), MAC: mac, MTU: 1500, ...NO_QOS});
            if (vm.power_state === 'Running') {
                await call('Async.VIF.plug', vif);
            }
        })}>
        <${Field} label="Network" value=${network} set=${setNetwork} options=${networks}/>
        <${Field} label="MAC address" value=${mac} set=${setMac} placeholder="chosen by the host"/><//>`;
}

export function NicTab({vmRef, vm}) {
    const rows = vm.VIFs.map(ref => [ref, get('vif', ref)]).filter(([, vif]) => vif).sort(([, a], [, b]) => Number(a.device) - Number(b.device));
    const guest = get('vm_guest_metrics', vm.guest_metrics)?.networks ?? {};
    return html`<div class="buttons row"><${Button} needs=${['VIF.create']} onClick=${() => openDialog(NewNic, {vmRef, vm})}>Add an interface<//></div>
        <${Table} label="Network interfaces" heads=${['Device', 'Network', 'MAC address', 'Addresses', 'State', '']} empty="This VM has no network interfaces."
            rows=${rows.map(([ref, vif]) => {
                const network = get('network', vif.network);
                const title = `interface ${vif.device} of ${vm.name_label}`;
                return [ref, html`<a href=${fieldsOf('vif', vif)}>${vif.device}</a>`, html`<a href=${'#/network/' + network?.uuid}>${network?.name_label}</a>`, html`<code>${vif.MAC}</code>`,
                    Object.keys(guest).filter(key => key.startsWith(vif.device + '/')).sort().map(key => guest[key])
                        .filter((value, i, list) => list.indexOf(value) === i).join(', ') || '–',
                    html`<${State} value=${vif.currently_attached ? 'plugged' : 'unplugged'}/>`,
                    html`<div class="buttons">
                        ${vif.allowed_operations.includes('plug') && html`<${Button} kind="small" needs=${['VIF.plug']} label=${'Plug ' + title} onClick=${() =>
                            attempt(`Plug ${title}`, xe('vif-plug', {uuid: vif.uuid}), call => call('Async.VIF.plug', ref))}>Plug<//>`}
                        ${vif.allowed_operations.includes('unplug') && html`<${Button} kind="small" needs=${['VIF.unplug']} label=${'Unplug ' + title} onClick=${() =>
                            attempt(`Unplug ${title}`, xe('vif-unplug', {uuid: vif.uuid}), call => call('Async.VIF.unplug', ref))}>Unplug<//>`}
                        ${!vif.currently_attached && html`<${Button} kind="small" needs=${['VIF.destroy']} label=${'Remove ' + title} onClick=${() =>
                            confirm(`Remove ${title}?`, 'The guest loses this interface and its MAC address.', 'Remove',
                                xe('vif-destroy', {uuid: vif.uuid}), call => call('Async.VIF.destroy', ref))}>Remove<//>`}</div>`];
            })}/>`;
}
