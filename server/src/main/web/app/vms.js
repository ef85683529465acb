// The list of VMs.

import {html, useMemo} from './lib/preact.js';
import {can} from './api.js';
import {all, get, useObjects} from './store.js';
import {bytes, since} from './format.js';
import {Button, State, openDialog} from './ui.js';
import {List} from './list.js';
import {NewVm} from './create.js';
import {ImportVm} from './import.js';

/** The addresses that a VM's agent has reported. */
export function addresses(vm) {
    const networks = get('vm_guest_metrics', vm.guest_metrics)?.networks ?? {};
    return Object.keys(networks).filter(key => /\/(ip|ipv4\/\d+|ipv6\/\d+)$/.test(key)).sort()
        .map(key => networks[key]).filter((value, i, list) => value && list.indexOf(value) === i);
}

export function isGuest(vm) {
    return !vm.is_a_template && !vm.is_a_snapshot && !vm.is_control_domain;
}

const COLUMNS = [
    {key: 'name', title: 'Name', value: row => row.vm.name_label, cell: row => row.vm.name_label || '(no name)'},
    {key: 'state', title: 'State', value: row => row.vm.power_state, cell: row => html`<${State} value=${row.vm.power_state}/>`},
    {key: 'cpus', title: 'CPUs', wide: true, value: row => Number(row.vm.VCPUs_at_startup), cell: row => row.vm.VCPUs_at_startup},
    {key: 'memory', title: 'Memory', wide: true, value: row => Number(row.vm.memory_dynamic_max), cell: row => bytes(row.vm.memory_dynamic_max)},
    {key: 'address', title: 'Address', value: row => row.addresses[0] ?? '', cell: row => row.addresses[0] ?? '–'},
    {key: 'up', title: 'Up', wide: true, value: row => row.started, cell: row => row.vm.power_state === 'Running' ? since(row.started) : '–'},
    {key: 'host', title: 'Host', wide: true, value: row => row.host, cell: row => row.host || '–', several: true},
    {key: 'description', title: 'Description', wide: true, cell: row => row.vm.name_description},
];

export function VmList() {
    const generation = useObjects();
    const rows = useMemo(() => all('vm').filter(([, vm]) => isGuest(vm)).map(([ref, vm]) => {
        const own = addresses(vm);
        return {
            key: ref,
            vm,
            href: '#/vm/' + vm.uuid,
            addresses: own,
            host: get('host', vm.resident_on)?.name_label ?? '',
            started: get('vm_metrics', vm.metrics)?.start_time ?? '',
            text: [vm.name_label, vm.name_description, vm.uuid, vm.power_state, ...own, ...vm.tags].join('\n').toLowerCase(),
        };
    }), [generation]);
    const columns = all('host').length > 1 ? COLUMNS : COLUMNS.filter(column => !column.several);
    return html`<h1>VMs</h1><${List} label="VMs" columns=${columns} rows=${rows} placeholder="Filter by name, address, state, tag or UUID"
        empty="There are no VMs yet."
        actions=${html`${can('http/put_import') && html`<${Button} onClick=${() => openDialog(ImportVm)}>Import<//>`}
            <${Button} kind="primary" needs=${['VM.clone', 'VM.provision']} onClick=${() => openDialog(NewVm)}>New VM<//>`}/>`;
}
