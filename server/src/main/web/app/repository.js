// The dialog that makes a storage repository.

import {html, useState} from './lib/preact.js';
import {ApiError, act} from './api.js';
import {all, get, pool} from './store.js';
import {byName, bytes, xe} from './format.js';
import {Field, Form} from './ui.js';

const LOGIN = [['username', 'User name', {optional: true}], ['password', 'Password', {optional: true, type: 'password'}]];
const DEVICE = [['device', 'Device', {placeholder: '/dev/sdb'}]];
const FOLDER = [['location', 'Folder']];
const LOST = 'What is on it is lost.';

/**
 * The types that the form makes. `fields` are [key of device_config, label, more of the input]; `more` is what
 * device_config has besides; `steps` are the fields that a search offers values for, each of which needs those before it.
 */
const TYPES = {
    nfs: {name: 'NFS', shared: true, fields: [['server', 'Server'], ['serverpath', 'Path on the server']]},
    smb: {name: 'SMB', shared: true, fields: [['server', 'Share', {placeholder: '//server/share'}], ...LOGIN]},
    lvmoiscsi: {name: 'iSCSI', shared: true, fields: [['target', 'Server'], ['port', 'Port', {optional: true, placeholder: '3260'}],
        ['chapuser', 'CHAP user', {optional: true}], ['chappassword', 'CHAP password', {optional: true, type: 'password'}]],
        steps: [['targetIQN', 'Target', 'Find targets', targets], ['SCSIid', 'LUN', 'Find LUNs', luns]], hint: LOST},
    file: {name: 'Folder of a host', fields: FOLDER},
    ext: {name: 'ext4 on a disk of a host', fields: DEVICE, hint: LOST},
    lvm: {name: 'LVM on a disk of a host', fields: DEVICE, hint: LOST},
    zfs: {name: 'Folder of a host on ZFS', fields: FOLDER},
    iso: {name: 'ISO images in a folder of a host', fields: FOLDER, more: {legacy_mode: 'true'}},
    nfs_iso: {name: 'ISO images on NFS', type: 'iso', shared: true, fields: [['location', 'Share', {placeholder: 'server:/path'}]],
        more: {type: 'nfs_iso'}},
    cifs: {name: 'ISO images on SMB', type: 'iso', shared: true, more: {type: 'cifs'}, fields: [
        ['location', 'Share', {placeholder: '//server/share'}], LOGIN[0], ['cifspassword', ...LOGIN[1].slice(1)]]},
};

/** The elements of an answer of SR.probe, each as the texts of its own elements. */
function elements(xml, name) {
    return [...new DOMParser().parseFromString(xml, 'text/xml').querySelectorAll(name)].map(element =>
        Object.fromEntries([...element.children].map(child => [child.tagName, child.textContent.trim()])));
}

function targets(xml) {
    return elements(xml, 'TGT').filter(target => target.TargetIQN !== '*').map(target => [target.TargetIQN, target.TargetIQN]);
}

function luns(xml) {
    return elements(xml, 'LUN').map(lun => [lun.SCSIid, `LUN ${lun.LUNid}, ${bytes(lun.size)}, ${lun.vendor} ${lun.SCSIid}`]);
}

/** The settings of a repository as parameters of xe, without passwords. */
function parameters(device) {
    return Object.fromEntries(Object.entries(device).map(([key, value]) => ['device-config:' + key, /password/.test(key) ? '…' : value]));
}

/** What SR.probe says. Where it needs more, it answers with an error that has the choices. */
function probe(host, config, type) {
    return act(`Search ${config.target}`, xe('sr-probe', {'host-uuid': get('host', host)?.uuid, type, ...parameters(config)}), async call => {
        try {
            return await call('SR.probe', host, config, type, {});
        } catch (e) {
            if (e instanceof ApiError && /^SR_BACKEND_FAILURE_(96|107)$/.test(e.code)) {
                return e.params.at(-1);
            }
            throw e;
        }
    });
}

export function NewSr({close}) {
    const hosts = all('host').sort(([, a], [, b]) => byName(['', a.name_label], ['', b.name_label]));
    const [kind, setKind] = useState('nfs');
    const [host, setHost] = useState(() => pool()?.master ?? hosts[0][0]);
    const [name, setName] = useState('');
    const [config, setConfig] = useState({});
    const [choices, setChoices] = useState({});
    const {type = kind, shared = false, fields, more = {}, steps = [], hint} = TYPES[kind];
    const change = (key, value) => {
        // The choices that a search has found belong to the values that it was made with.
        const at = steps.findIndex(([step]) => step === key);
        const after = steps.slice(at + 1).map(([step]) => step);
        const keep = entries => Object.fromEntries(Object.entries(entries).filter(([step]) => !after.includes(step)));
        setChoices(keep(choices));
        setConfig({...keep(config), [key]: value});
    };
    const known = steps.filter(([key]) => choices[key]);
    const next = steps[known.length];
    const submit = async () => {
        const keys = [...fields.map(([key]) => key), ...known.map(([key]) => key)];
        const device = {...more, ...Object.fromEntries(keys.filter(key => config[key]).map(key => [key, config[key]]))};
        if (next) {
            const [key, label, , read] = next;
            const found = read(await probe(host, device, type));
            if (found.length === 0) {
                throw new Error(`${config.target} offers nothing to choose as ${label}.`);
            }
            setChoices({...choices, [key]: found});
            setConfig({...config, [key]: found[0][0]});
            return false;
        }
        if (steps.length > 0) {
            const [there] = elements(await probe(host, device, type), 'SR');
            if (there) {
                throw new Error(`This LUN holds the repository ${there.UUID}. Attach it with xe sr-introduce, or choose another LUN.`);
            }
        }
        const content = type === 'iso' ? 'iso' : 'user';
        await act(`Create ${name}`, xe('sr-create', {'host-uuid': get('host', host)?.uuid, 'name-label': name, type,
            'content-type': content, shared, ...parameters(device)}),
            recorded => recorded('Async.SR.create', host, device, 0, name, '', type, content, shared, {}));
        return true;
    };
    return html`<${Form} title="New storage" submit=${next ? next[2] : 'Create'} close=${close} onSubmit=${submit}>
        <${Field} label="Type" value=${kind} set=${setKind} options=${Object.entries(TYPES).map(([key, each]) => [key, each.name])} hint=${hint}/>
        <${Field} label="Name" value=${name} set=${setName} required/>
        ${hosts.length > 1 && !shared && html`<${Field} label="Host" value=${host} set=${setHost}
            options=${hosts.map(([ref, record]) => [ref, record.name_label])}/>`}
        ${fields.map(([key, label, {optional, ...input} = {}]) => html`<${Field} key=${kind + key} label=${label} value=${config[key] ?? ''}
            required=${!optional} set=${value => change(key, value)} ...${input}/>`)}
        ${known.map(([key, label]) => html`<${Field} key=${key} label=${label} value=${config[key]} options=${choices[key]}
            set=${value => change(key, value)}/>`)}<//>`;
}
