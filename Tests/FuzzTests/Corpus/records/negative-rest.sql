UPDATE observation SET record = '5 -1 ready:7;i'
