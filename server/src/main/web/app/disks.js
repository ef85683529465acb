// The calls that make disks and give them to VMs.

/** The fields of devices that this page leaves empty. */
export const NO_QOS = {qos_algorithm_type: '', qos_algorithm_params: {}, other_config: {}};

/** Makes a disk; its reference. */
export function createDisk(call, {name, sr, virtual}) {
    return call('Async.VDI.create', {name_label: name, name_description: '', SR: sr, virtual_size: virtual, type: 'user', sharable: false,
        read_only: false, other_config: {}, xenstore_data: {}, sm_config: {}, tags: []});
}

/** Gives a disk to a VM; the reference of its VBD. */
export function attachDisk(call, vm, vdi, userdevice = 'autodetect', bootable = false) {
    return call('Async.VBD.create', {VM: vm, VDI: vdi, userdevice, bootable, mode: 'RW', type: 'Disk', unpluggable: true,
        empty: false, ...NO_QOS});
}
