// Users: the subjects of external authentication with their roles, and the user of this session.

import {html, useEffect, useState} from './lib/preact.js';
import {act, call, session} from './api.js';
import {all, useObjects} from './store.js';
import {explain} from './errors.js';
import {xe} from './format.js';
import {Button, Empty, Failure, Field, Form, confirm, openDialog} from './ui.js';
import {Table} from './list.js';
import {fieldsOf} from './record.js';

const ROLES = ['read-only', 'vm-operator', 'vm-admin', 'vm-power-admin', 'pool-operator', 'pool-admin'];

function useRoles() {
    const [roles, set] = useState(null);
    const [failure, setFailure] = useState(null);
    useEffect(() => {
        Promise.all(ROLES.map(async name => [name, (await call('role.get_by_name_label', name))[0]]))
            .then(set, async e => setFailure(await explain(e)));
    }, []);
    return [roles, failure];
}

function AddUser({roles, close}) {
    const [name, setName] = useState('');
    const [role, setRole] = useState('read-only');
    return html`<${Form} title="Add a user or group" submit="Add" close=${close} onSubmit=${() => act(`Add ${name}`,
        `user=$(${xe('subject-add', {'subject-name': name})})\nxe subject-role-add uuid=$user role-name=${role}`, async recorded => {
            const identifier = await recorded('auth.get_subject_identifier', name);
            const information = await recorded('auth.get_subject_information_from_identifier', identifier);
            const subject = await recorded('subject.create', {subject_identifier: identifier, other_config: information});
            await recorded('subject.add_to_roles', subject, roles.find(([each]) => each === role)[1]);
        })}>
        <${Field} label="Name in the directory" value=${name} set=${setName} required/>
        <${Field} label="Role" value=${role} set=${setRole} options=${ROLES.map(each => [each, each])}/><//>`;
}

function ChangeRole({roles, subjectRef, subject, name, close}) {
    const now = roles.filter(([, ref]) => subject.roles.includes(ref)).map(([each]) => each);
    const [role, setRole] = useState(now[0] ?? 'read-only');
    return html`<${Form} title=${'Role of ' + name} submit="Save" close=${close} onSubmit=${() => act(`Change the role of ${name}`,
        [...now.map(each => xe('subject-role-remove', {uuid: subject.uuid, 'role-name': each})), xe('subject-role-add', {uuid: subject.uuid, 'role-name': role})].join('\n'),
        async recorded => {
            for (const [each, ref] of roles.filter(([known]) => now.includes(known) && known !== role)) {
                await recorded('subject.remove_from_roles', subjectRef, ref);
            }
            if (!now.includes(role)) {
                await recorded('subject.add_to_roles', subjectRef, roles.find(([each]) => each === role)[1]);
            }
        })}><${Field} label="Role" value=${role} set=${setRole} options=${ROLES.map(each => [each, each])}/><//>`;
}

export function UserList() {
    useObjects();
    const [roles, failure] = useRoles();
    const external = all('host')[0]?.[1].external_auth_type;
    return html`<h1>Users</h1>
        <p class="faint">You are ${session.user}${session.superuser ? ', who may do everything' : ''}. ${external
            ? `Users come from external authentication of type ${external}.` : 'External authentication is off, so only root and local users that PAM admits can sign in.'}</p>
        ${failure && html`<div class="notice failed"><${Failure} failure=${failure}/></div>`}
        <div class="buttons row">${external && roles && html`<${Button} kind="primary" needs=${['subject.create', 'subject.add_to_roles']}
            onClick=${() => openDialog(AddUser, {roles})}>Add a user or group<//>`}</div>
        ${roles ? html`<${Table} label="Users" heads=${['Name', 'Roles', 'Identifier', '']} empty="There are no users but those above." rows=${all('subject').map(([ref, subject]) => {
            const name = subject.other_config['subject-displayname'] || subject.other_config['subject-name'] || subject.subject_identifier;
            return [ref, html`<a href=${fieldsOf('subject', subject)}>${name}</a>`, roles.filter(([, role]) => subject.roles.includes(role)).map(([role]) => role).join(', ') || 'none', html`<code>${subject.subject_identifier}</code>`,
                html`<div class="buttons"><${Button} kind="small" needs=${['subject.add_to_roles', 'subject.remove_from_roles']} label=${'Change the role of ' + name}
                    onClick=${() => openDialog(ChangeRole, {roles, subjectRef: ref, subject, name})}>Change<//>
                <${Button} kind="small" needs=${['subject.destroy']} label=${'Remove ' + name} onClick=${() => confirm(`Remove ${name}?`, 'The user can no longer sign in.',
                    'Remove', xe('subject-remove', {'subject-uuid': subject.uuid}), recorded => recorded('subject.destroy', ref))}>Remove<//></div>`];
        })}/>` : !failure && html`<${Empty}>Loading…<//>`}`;
}
