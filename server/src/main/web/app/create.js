// The dialog that makes a VM of a template.

import {html, useMemo, useState} from './lib/preact.js';
import {act} from './api.js';
import {all, get, pool} from './store.js';
import {byName, bytes, quote, size, xe} from './format.js';
import {Button, Check, Field, Form} from './ui.js';
import {NO_QOS, attachDisk, createDisk} from './disks.js';

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
    const [network, setNetwork] = useState(() => networks.find(([ref]) => get('network', ref).PIFs.length > 0)?.[0] ?? networks[0]?.[0] ?? '');
    const repositories = diskRepositories();
    const [sr, setSr] = useState(() => repositories.some(([ref]) => ref === pool().default_SR) ? pool().default_SR : repositories[0]?.[0] ?? '');
    const [iso, setIso] = useState('');
    const [start, setStart] = useState(true);
    const submit = () => {
        const wanted = memory ? size(memory) : Number(chosen.memory_static_max);
        const diskBytes = disk ? size(disk) : Number(first?.getAttribute('size'));
        const furtherBytes = further.map(size);
        if (!(wanted > 0) || (first && !(diskBytes > 0)) || !furtherBytes.every(each => each > 0)) {
            throw new Error('Memory and disk are sizes such as 2 GiB or 512 MiB.');
        }
        const count = Number(cpus || chosen.VCPUs_at_startup);
        const lines = [
            `vm=$(${xe('vm-install', {'template-uuid': chosen.uuid, 'new-name-label': name, 'sr-uuid': first ? get('sr', sr)?.uuid : undefined})})`,
            first && disk && `${xe('vdi-resize', {'disk-size': diskBytes})} uuid=$(xe vbd-list vm-uuid=$vm type=Disk params=vdi-uuid --minimal)`,
            memory && `xe vm-memory-set uuid=$vm memory=${wanted}`,
            cpus && `xe vm-param-set uuid=$vm VCPUs-max=${count} VCPUs-at-startup=${count}`,
            ...furtherBytes.map(each => `xe vm-disk-add uuid=$vm device=autodetect disk-size=${each}${sr && ` sr-uuid=${get('sr', sr).uuid}`}`),
            network && `xe vif-create vm-uuid=$vm device=0 network-uuid=${get('network', network).uuid}`,
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
                for (const virtual of furtherBytes) {
                    await attachDisk(call, vm, await createDisk(call, {name: `${name} disk`, sr, virtual}));
                }
                if (network) {
                    await call('Async.VIF.create', {VM: vm, network, device: '0', MAC: '', MTU: 1500, ...NO_QOS});
                }
                if (iso) {
                    await call('Async.VBD.create', {VM: vm, VDI: iso, userdevice: '3', bootable: true, mode: 'RO', type: 'CD',
                        unpluggable: true, empty: false, ...NO_QOS});
                }
            } catch (e) {
                // A VM that lacks something is not kept, nor are its disks.
                await remove(call, vm).catch(() => {});
                throw e;
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
            ${first && html`<${Field} label="Disk" value=${disk} set=${setDisk} placeholder=${bytes(first.getAttribute('size'))}/>`}
            <${Field} label="Storage" value=${sr} set=${setSr} options=${repositories}/>
        </div>
        ${further.map((value, i) => html`<${Field} key=${i} label=${`Further disk ${i + 1}`} value=${value} required
            set=${text => setFurther(further.map((each, at) => at === i ? text : each))}/>`)}
        <div class="buttons row"><${Button} kind="small" disabled=${further.length > 6} onClick=${() => setFurther([...further, '10 GiB'])}>Add a disk<//>
            ${further.length > 0 && html`<${Button} kind="small" onClick=${() => setFurther(further.slice(0, -1))}>Remove the last<//>`}</div>
        <${Field} label="Network" value=${network} set=${setNetwork} options=${[...networks, ['', 'None']]}/>
        <${Field} label="CD" value=${iso} set=${setIso} options=${[['', 'None'], ...isoImages()]}/>
        <${Check} label="Start it" value=${start} set=${setStart}/><//>`;
}
