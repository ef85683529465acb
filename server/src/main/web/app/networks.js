// Networks, and the interfaces of the host that they are on.

import {html, useMemo, useState} from './lib/preact.js';
import {act} from './api.js';
import {all, byUuid, get, pool, useObjects} from './store.js';
import {byName, xe} from './format.js';
import {Button, Copy, Empty, Facts, Field, Form, State, confirm, openDialog} from './ui.js';
import {List, Table} from './list.js';
import {AllFields, fieldsOf} from './record.js';

/** Interfaces of a host that can carry VLANs: physical ones and bonds. */
function carriers(host) {
    return all('pif').filter(([, pif]) => pif.host === host && Number(pif.VLAN) < 0 && (pif.physical || pif.bond_master_of.length > 0))
        .map(([ref, pif]) => [ref, pif.device]).sort(byName);
}

function NewNetwork({close}) {
    const interfaces = carriers(pool()?.master);
    const several = all('host').length > 1;
    const [name, setName] = useState('');
    const [pif, setPif] = useState('');
    const [tag, setTag] = useState('');
    const submit = () => {
        const record = {name_label: name, name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: []};
        const lines = [`network=$(${xe('network-create', {'name-label': name})})`,
            pif && `xe ${several ? 'pool-' : ''}vlan-create network-uuid=$network pif-uuid=${get('pif', pif)?.uuid} vlan=${Number(tag)}`];
        return act(`Create ${name}`, lines.filter(Boolean).join('\n'), async call => {
            const network = await call('network.create', record);
            try {
                if (pif && several) {
                    await call('Async.pool.create_VLAN_from_PIF', pif, network, Number(tag));
                } else if (pif) {
                    await call('Async.VLAN.create', pif, Number(tag), network);
                }
            } catch (e) {
                await call('network.destroy', network).catch(() => {});
                throw e;
            }
        });
    };
    return html`<${Form} title="New network" submit="Create" close=${close} onSubmit=${submit}>
        <${Field} label="Name" value=${name} set=${setName} required/>
        <${Field} label="Interface" value=${pif} set=${setPif} options=${[['', 'None: a network inside the host'], ...interfaces]}/>
        ${pif && html`<${Field} label="VLAN tag" type="number" min="0" max="4094" value=${tag} set=${setTag} required
            hint=${several ? 'On the interface of this name of each host.' : undefined}/>`}<//>`;
}

function NewBond({close}) {
    const hosts = all('host').map(([ref, record]) => [ref, record.name_label]).sort(byName);
    const [host, setHost] = useState(pool()?.master);
    const interfaces = carriers(host);
    const [name, setName] = useState('Bond');
    const [mode, setMode] = useState('active-backup');
    const [chosen, setChosen] = useState([]);
    const submit = () => {
        if (chosen.length < 2) {
            throw new Error('Choose at least two interfaces.');
        }
        return act(`Create ${name}`, [`network=$(${xe('network-create', {'name-label': name})})`,
            `xe bond-create network-uuid=$network pif-uuids=${chosen.map(ref => get('pif', ref)?.uuid).join(',')} mode=${mode}`].join('\n'), async call => {
            const network = await call('network.create', {name_label: name, name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: []});
            try {
                await call('Async.Bond.create', network, chosen, '', mode, {});
            } catch (e) {
                await call('network.destroy', network).catch(() => {});
                throw e;
            }
        });
    };
    return html`<${Form} title="New bond" submit="Create" close=${close} onSubmit=${submit}>
        <${Field} label="Name" value=${name} set=${setName} required/>
        ${hosts.length > 1 && html`<${Field} label="Host" value=${host} options=${hosts} set=${ref => {
            setHost(ref);
            setChosen([]);
        }}/>`}
        <${Field} label="Mode" value=${mode} set=${setMode} options=${[['active-backup', 'Active and backup'], ['lacp', 'LACP'], ['balance-slb', 'balance-slb (not on Linux)']]}/>
        <fieldset><legend>Interfaces</legend>${interfaces.map(([ref, device]) => html`<label key=${ref} class="check"><input type="checkbox"
            checked=${chosen.includes(ref)} onChange=${event => setChosen(event.target.checked ? [...chosen, ref] : chosen.filter(each => each !== ref))}/> ${device}</label>`)}</fieldset><//>`;
}

const describe = pif => pif.device + (Number(pif.VLAN) >= 0 ? `, VLAN ${pif.VLAN}` : '') + (pif.bond_master_of.length > 0 ? ', bond' : '');

const COLUMNS = [
    {key: 'name', title: 'Name', value: row => row.network.name_label, cell: row => row.network.name_label || '(no name)'},
    {key: 'pif', title: 'Interface', value: row => row.pifs, cell: row => row.pifs || 'inside the host'},
    {key: 'bridge', title: 'Bridge', wide: true, cell: row => row.network.bridge},
    {key: 'mtu', title: 'MTU', wide: true, value: row => Number(row.network.MTU), cell: row => row.network.MTU},
    {key: 'vifs', title: 'VM interfaces', value: row => row.network.VIFs.length, cell: row => row.network.VIFs.length},
];

export function NetworkList() {
    const generation = useObjects();
    const rows = useMemo(() => all('network').map(([ref, network]) => {
        const pifs = network.PIFs.map(pif => get('pif', pif)).filter(Boolean).map(describe).join('; ');
        return {key: ref, network, pifs, href: '#/network/' + network.uuid,
            text: [network.name_label, network.name_description, network.bridge, network.uuid, pifs].join('\n').toLowerCase()};
    }), [generation]);
    return html`<h1>Networks</h1><${List} label="Networks" columns=${COLUMNS} rows=${rows} placeholder="Filter by name, interface or UUID"
        actions=${html`${all('host').some(([host]) => carriers(host).length > 1) && html`<${Button} needs=${['Bond.create']} onClick=${() => openDialog(NewBond)}>New bond<//>`}
            <${Button} kind="primary" needs=${['network.create']} onClick=${() => openDialog(NewNetwork)}>New network<//>`}/>`;
}

export function NetworkPage({uuid}) {
    useObjects();
    const [ref, network] = byUuid('network', uuid);
    if (!network) {
        return html`<${Empty}>There is no network with the UUID ${uuid}. <a href="#/networks">All networks</a><//>`;
    }
    const pifs = network.PIFs.map(pif => [pif, get('pif', pif)]).filter(([, pif]) => pif);
    const bonds = pifs.flatMap(([, pif]) => pif.bond_master_of).map(bond => [bond, get('bond', bond)]).filter(([, bond]) => bond);
    const vifs = network.VIFs.map(vif => [vif, get('vif', vif)]).filter(([, vif]) => vif);
    return html`<p class="path"><a href="#/networks">Networks</a></p><div class="title"><h1>${network.name_label}</h1></div>
        <div class="buttons row" role="group" aria-label="Actions">${vifs.length === 0 && pifs.every(([, pif]) => Number(pif.VLAN) >= 0) && html`<${Button} kind="danger"
            needs=${['network.destroy']} onClick=${() => confirm(`Delete ${network.name_label}?`, 'VMs can no longer use it.', 'Delete',
                [...pifs.map(([, pif]) => xe('vlan-destroy', {uuid: get('vlan', pif.VLAN_master_of)?.uuid})), xe('network-destroy', {uuid: network.uuid})].join('\n'), async call => {
                    for (const [, pif] of pifs) {
                        await call('Async.VLAN.destroy', pif.VLAN_master_of);
                    }
                    await call('network.destroy', ref);
                    location.hash = '#/networks';
                })}>Delete<//>`}${bonds.map(([bond, record]) => html`<${Button} key=${bond} kind="danger" needs=${['Bond.destroy']} label=${'Dissolve ' + get('pif', record.master)?.device}
                onClick=${() => confirm('Dissolve the bond?', 'Its network and VLANs move to the first of its interfaces.', 'Dissolve', xe('bond-destroy', {uuid: record.uuid}),
                    call => call('Async.Bond.destroy', bond))}>Dissolve the bond<//>`)}<${AllFields} kind="network" record=${network}/></div>
        <section class="card"><h2>Details</h2><${Facts} of=${[['Description', network.name_description], ['Bridge', network.bridge], ['MTU', network.MTU],
            ['UUID', html`<code>${network.uuid}</code> <${Copy} text=${network.uuid} label="Copy UUID"/>`]]}/></section>
        <h2>Interfaces of the host</h2><${Table} label="Interfaces of the host" heads=${['Interface', 'Address', 'MAC address', 'State']}
            empty="This network is inside the host." rows=${pifs.map(([key, pif]) => [key, html`<a href=${fieldsOf('pif', pif)}>${describe(pif)}</a>`, pif.IP || '–', html`<code>${pif.MAC}</code>`,
                html`<${State} value=${pif.currently_attached ? 'plugged' : 'unplugged'}/>`])}/>
        <h2>VMs</h2><${Table} label="VMs on this network" heads=${['VM', 'Device', 'MAC address', 'State']} empty="No VM is on this network."
            rows=${vifs.map(([key, vif]) => [key, html`<a href=${'#/vm/' + get('vm', vif.VM)?.uuid}>${get('vm', vif.VM)?.name_label}</a>`, html`<a href=${fieldsOf('vif', vif)}>${vif.device}</a>`,
                html`<code>${vif.MAC}</code>`, html`<${State} value=${vif.currently_attached ? 'plugged' : 'unplugged'}/>`])}/>`;
}
