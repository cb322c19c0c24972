UPDATE observation SET record = '5 9 ready:-1;i'
UPDATE observation SET record = '9999999999999999999 9;i'
