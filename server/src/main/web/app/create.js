// The dialog that makes a VM of a template.

import {html, useMemo, useState} from './lib/preact.js';
import {act, can} from './api.js';
import {all, get, pool} from './store.js';
import {byName, bytes, quote, size, xe} from './format.js';
import {Button, Check, Field, Form} from './ui.js';
import {NO_QOS, attachDisk, createDisk} from './disks.js';
import {FirstBoot, NO_FIRST_BOOT, check, drive, isSet} from './cloud.js';
import {FileField, UploadProgress, upload} from './transfers.js';

function templates() {
    return all('vm').filter(([, vm]) => vm.is_a_template && !vm.is_a_snapshot).map(([ref, vm]) => [ref, vm.name_label]).sort(byName);
}

/** The disks that a template describes, as elements of its XML; VM.provision makes them. */
function disksOf(template) {
    const text = template?.other_config.disks;
    return text ? new DOMParser().parseFromString(text, 'text/xml') : null;
}

/** ISO images in all repositories of them. */
export function isoImages() {
    return all('vdi').filter(([, vdi]) => get('sr', vdi.SR)?.content_type === 'iso').map(([ref, vdi]) => [ref, vdi.name_label]).sort(byName);
}

/** Repositories that take new disks. */
export function diskRepositories() {
    return all('sr').filter(([, sr]) => sr.allowed_operations.includes('vdi_create') && sr.content_type !== 'iso').map(([ref, sr]) =>
        [ref, `${sr.name_label} (${bytes(sr.physical_size - sr.physical_utilisation)} free)`]).sort(byName);
}

/** Deletes a VM that was just made, and its disks. */
async function remove(call, vm) {
    const vbds = await Promise.all((await call('VM.get_VBDs', vm)).map(vbd => call('VBD.get_record', vbd)));
    await call('VM.destroy', vm);
    for (const {VDI} of vbds.filter(vbd => vbd.type === 'Disk' && !vbd.empty)) {
        await call('Async.VDI.destroy', VDI);
    }
}

export function NewVm({close}) {
    const choices = useMemo(templates, []);
    const [template, setTemplate] = useState(() => (choices.find(([, name]) => /^Debian Bookworm 12$/.test(name)) ?? choices[0])?.[0] ?? '');
    const [name, setName] = useState('');
    const chosen = get('vm', template);
    const disks = disksOf(chosen);
    const first = disks?.querySelector('disk');
    const [disk, setDisk] = useState('');
    const [further, setFurther] = useState([]);
    const [memory, setMemory] = useState('');
    const [cpus, setCpus] = useState('');
    const networks = all('network').filter(([, network]) => network.other_config.is_host_internal_management_network !== 'true')
        .map(([ref, network]) => [ref, network.name_label]).sort(byName);
    const usual = networks.find(([ref]) => get('network', ref).PIFs.length > 0)?.[0] ?? networks[0]?.[0] ?? '';
    const [interfaces, setInterfaces] = useState([usual]);
    const repositories = diskRepositories();
    const [sr, setSr] = useState(() => repositories.some(([ref]) => ref === pool().default_SR) ? pool().default_SR : repositories[0]?.[0] ?? '');
    const [iso, setIso] = useState('');
    const [start, setStart] = useState(true);
    const [image, setImage] = useState(null);
    const [boot, setBoot] = useState(NO_FIRST_BOOT);
    const [part, setPart] = useState(null);
    const uploads = can('http/put_import_raw_vdi', 'VDI.create');
    const file = first ? null : image;
    const submit = () => {
        check(boot);
        const wanted = memory ? size(memory) : Number(chosen.memory_static_max);
        const diskBytes = disk ? size(disk) : Number(first?.getAttribute('size'));
        const furtherBytes = further.map(size);
        const wired = interfaces.filter(Boolean);
        if (!(wanted > 0) || ((first || (file && disk)) && !(diskBytes > 0)) || !furtherBytes.every(each => each > 0)) {
            throw new Error('Memory and disk are sizes such as 2 GiB or 512 MiB.');
        }
        const count = Number(cpus || chosen.VCPUs_at_startup);
        const cloud = isSet(boot);
        const named = (field, text) => cloud && file && boot[field] ? text : undefined;
        const lines = [
            `vm=$(${xe('vm-install', {'template-uuid': chosen.uuid, 'new-name-label': name, 'sr-uuid': first || file ? get('sr', sr)?.uuid : undefined,
                image: file?.name, 'disk-size': file && disk ? diskBytes : undefined, 'ssh-key': named('keys', 'ssh-keys'),
                'cloud-config': named('config', 'user-data'), 'network-config': named('network', 'network-config')})})`,
            cloud && !file && 'cloud-localds cidata.iso user-data meta-data',
            cloud && !file && `drive=$(${xe('vdi-create', {'sr-uuid': get('sr', sr)?.uuid, 'name-label': name + ' cloud-init', 'virtual-size': '1MiB'})})`,
            cloud && !file && 'xe vdi-import uuid=$drive filename=cidata.iso',
            cloud && !file && 'xe vbd-create vm-uuid=$vm vdi-uuid=$drive device=autodetect',
            first && disk && `${xe('vdi-resize', {'disk-size': diskBytes})} uuid=$(xe vbd-list vm-uuid=$vm type=Disk params=vdi-uuid --minimal)`,
            memory && `xe vm-memory-set uuid=$vm memory=${wanted}`,
            cpus && `xe vm-param-set uuid=$vm VCPUs-max=${count} VCPUs-at-startup=${count}`,
            ...furtherBytes.map(each => `xe vm-disk-add uuid=$vm device=autodetect disk-size=${each}${sr && ` sr-uuid=${get('sr', sr).uuid}`}`),
            ...wired.map((network, i) => `xe vif-create vm-uuid=$vm device=${i} network-uuid=${get('network', network).uuid}`),
            iso && `xe vm-cd-add uuid=$vm device=3 cd-name=${quote(get('vdi', iso).name_label)}`,
            start && 'xe vm-start uuid=$vm',
        ].filter(Boolean);
        return act(`Create ${name}`, lines.join('\n'), async call => {
            const vm = await call('Async.VM.clone', template, name);
            try {
                if (first) {
                    for (const each of disks.querySelectorAll('disk')) {
                        each.setAttribute('sr', get('sr', sr)?.uuid ?? '');
                    }
                    first.setAttribute('size', String(diskBytes));
                    await call('VM.remove_from_other_config', vm, 'disks');
                    await call('VM.add_to_other_config', vm, 'disks', new XMLSerializer().serializeToString(disks));
                }
                if (memory) {
                    await call('VM.set_memory_limits', vm, Math.min(Number(chosen.memory_static_min), wanted), wanted, wanted, wanted);
                }
                if (cpus) {
                    const order = count > Number(chosen.VCPUs_max) ? ['max', 'at_startup'] : ['at_startup', 'max'];
                    for (const field of order) {
                        await call('VM.set_VCPUs_' + field, vm, count);
                    }
                }
                await call('Async.VM.provision', vm);
                if (file) {
                    const query = {sr_id: sr, name, ...disk && {size: diskBytes}};
                    const made = await upload(call, {title: 'Image import', name: file.name, path: '/import_disk_image', query, data: file, progress: setPart});
                    await attachDisk(call, vm, made, '0', true);
                }
                for (const virtual of furtherBytes) {
                    await attachDisk(call, vm, await createDisk(call, {name: `${name} disk`, sr, virtual}));
                }
                for (const [i, network] of wired.entries()) {
                    await call('Async.VIF.create', {VM: vm, network, device: String(i), MAC: '', MTU: 1500, ...NO_QOS});
                }
                if (cloud) {
                    const data = new Blob([drive(boot, await call('VM.get_uuid', vm), name)]);
                    const vdi = await createDisk(call, {name: name + ' cloud-init', sr, virtual: data.size});
                    await attachDisk(call, vm, vdi);
                    await upload(call, {title: 'Disk import', name: 'cidata.iso', path: '/import_raw_vdi', query: {vdi}, data, progress: setPart});
                }
                if (iso) {
                    await call('Async.VBD.create', {VM: vm, VDI: iso, userdevice: '3', bootable: true, mode: 'RO', type: 'CD',
                        unpluggable: true, empty: false, ...NO_QOS});
                }
            } catch (e) {
                // A VM that lacks something is not kept, nor are its disks.
                await remove(call, vm).catch(() => {});
                throw e;
            } finally {
                setPart(null);
            }
            const uuid = await call('VM.get_uuid', vm);
            location.hash = '#/vm/' + uuid;
            if (start) {
                await call('Async.VM.start', vm, false, false);
            }
        });
    };
    return html`<${Form} title="New VM" submit="Create" close=${close} onSubmit=${submit}>
        <${Field} label="Template" value=${template} set=${setTemplate} options=${choices}/>
        <${Field} label="Name" value=${name} set=${setName} required autofocus/>
        <div class="pair">
            <${Field} label="Memory" value=${memory} set=${setMemory} placeholder=${chosen ? bytes(chosen.memory_static_max) : ''}/>
            <${Field} label="Virtual CPUs" type="number" min="1" max="128" value=${cpus} set=${setCpus} placeholder=${chosen?.VCPUs_at_startup}/>
        </div>
        <div class="pair">
            ${(first || file) && html`<${Field} label="Disk" value=${disk} set=${setDisk} placeholder=${first ? bytes(first.getAttribute('size')) : 'that of the image'}/>`}
            <${Field} label="Storage" value=${sr} set=${setSr} options=${repositories}/>
        </div>
        ${!first && uploads && html`<${FileField} id="image-file" label="Disk image" set=${setImage} hint="qcow2, VHD, VHDX, VMDK or raw, such as a cloud image. The VM gets a disk of it."/>`}
        ${further.map((value, i) => html`<${Field} key=${i} label=${`Further disk ${i + 1}`} value=${value} required
            set=${text => setFurther(further.map((each, at) => at === i ? text : each))}/>`)}
        <div class="buttons row"><${Button} kind="small" disabled=${further.length > 6} onClick=${() => setFurther([...further, '10 GiB'])}>Add a disk<//>
            ${further.length > 0 && html`<${Button} kind="small" onClick=${() => setFurther(further.slice(0, -1))}>Remove the last<//>`}</div>
        ${interfaces.map((network, i) => html`<${Field} key=${i} label=${i ? `Network ${i + 1}` : 'Network'} value=${network} options=${[...networks, ['', 'None']]}
            set=${ref => setInterfaces(interfaces.map((each, at) => at === i ? ref : each))}/>`)}
        <div class="buttons row"><${Button} kind="small" disabled=${interfaces.length > 6} onClick=${() => setInterfaces([...interfaces, usual])}>Add an interface<//></div>
        <${Field} label="CD" value=${iso} set=${setIso} options=${[['', 'None'], ...isoImages()]}/>
        ${uploads && html`<${FirstBoot} boot=${boot} set=${setBoot}/>`}
        <${UploadProgress} part=${part}/>
        <${Check} label="Start it" value=${start} set=${setStart}/><//>`;
}
